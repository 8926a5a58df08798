"""The data catalogue: what every column of every table holds, and what for. A test fails on a column that is missing.

Read a row as "in the table, for the activity: these columns hold data of the category, kept in order to …".
A new column is told of here by whoever adds it; then `flask --app wsgi art30 > docs/art30.md`.
"""

from __future__ import annotations

from caseflow.privacy import activities as a
from caseflow.privacy.activities import Activity, Category
from caseflow.privacy.catalogue_of_registers import EDITED, KEY, REGISTERS

IDENTITY, CASE, ASSISTANCE = Category.IDENTITY, Category.CASE, Category.ASSISTANCE
PLACEMENT, ASSESSMENT, STAFF = Category.PLACEMENT, Category.ASSESSMENT, Category.STAFF
TECHNICAL, NONE = Category.TECHNICAL, Category.NONE

KNOWN = "veta när uppgiften blev känd eller rättades"

# Table, activity, and for each category and purpose the columns.
TABLES: tuple[tuple[str, Activity, tuple[tuple[Category, str, str], ...]], ...] = (
    (
        "participant",
        a.INTERVENTION,
        (
            (IDENTITY, "känna igen personen", "number_hash number_encrypted first_name last_name title_key"),
            (IDENTITY, "bedöma målgruppen och jämföra grupper", "birth_on sex"),
            (IDENTITY, "skydda den som har skyddade personuppgifter", "protected protected_registration"),
            (ASSISTANCE, "bedöma målgruppen", "af_registered leaves_establishment activity_hours household_id"),
            (CASE, KNOWN, "created_at known_since_at thinned_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "household",
        a.ASSISTANCE,
        (
            (ASSISTANCE, "känna igen hushållet i försörjningssystemet", "number"),
            (ASSISTANCE, "bedöma målgruppen och prioritera barnfamiljer", "children assistance_since_on reason_code"),
            (ASSISTANCE, KNOWN, "known_since_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "assistance_payment",
        a.ASSISTANCE,
        (
            (ASSISTANCE, "räkna vad insatsen sparar", "household_id month_on paid_kr"),
            (ASSISTANCE, KNOWN, "recorded_at voided_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "cases",
        a.INTERVENTION,
        (
            (CASE, "känna igen ärendet", "number external_id"),
            (CASE, "veta vem ärendet gäller, och vilka enheter som har det", "participant_id from_unit_id to_unit_id"),
            (CASE, "veta hur långt ärendet har kommit", "stage stage_since_on referred_on closed_on follow_up_due_on"),
            (IDENTITY, "skydda den som har skyddade personuppgifter", "protected"),
            (CASE, KNOWN, "created_at known_since_at thinned_at"),
            (STAFF, "veta vem som har ärendet", "social_worker_id counsellor_id"),
            (TECHNICAL, "att ingen skriver över det den inte har sett", "version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "case_grant",
        a.INTERVENTION,
        (
            (CASE, "låta bara namngivna se ärendet", "case_id kind reason from_at until_at revoked_at seen_at"),
            (STAFF, "veta vem som ser ärendet, och vem som sagt det", "user_id granted_by_id revoked_by_id seen_by_id"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "case_event",
        a.INTERVENTION,
        (
            (CASE, "veta vad som har hänt och när", "case_id kind occurred_on note unit_id"),
            (CASE, "veta vad ärendet ledde till", "outcome household_effect typed_baseline_kr"),
            (CASE, KNOWN, "recorded_at voided_at void_reason replaces_id"),
            (PLACEMENT, "veta vilken placering det gäller", "placement_id"),
            (ASSESSMENT, "veta vilken skattning det gäller", "assessment_id"),
            (STAFF, "veta vem som registrerade och rättade", "recorded_by_id voided_by_id"),
            (TECHNICAL, KEY, "id public_id sequence"),
        ),
    ),
    (
        "case_programme",
        a.INTERVENTION,
        (
            (CASE, "veta vilka program ärendet är med i", "case_id programme_id from_on to_on"),
            (CASE, KNOWN, "recorded_at voided_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "placement",
        a.INTERVENTION,
        (
            (PLACEMENT, "veta var och hur deltagaren är placerad", "case_id kind form workplace_id percent"),
            (PLACEMENT, "planera slutet", "planned_end_on"),
            (PLACEMENT, "veta vem på arbetsplatsen som tar emot", "supervisor"),
            (PLACEMENT, "känna igen placeringen vid inläsning", "external_id"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "wage_cost",
        a.ASSISTANCE,
        (
            (PLACEMENT, "räkna vad en anställning kostar", "placement_id month_on wage_kr af_kr programme_kr"),
            (PLACEMENT, KNOWN, "recorded_at voided_at"),
            (STAFF, "veta vem som registrerade", "recorded_by_id"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    ("assessment", a.INTERVENTION, ((ASSESSMENT, "hålla ihop en skattning", "case_id"), (TECHNICAL, KEY, "id"))),
    (
        "assessment_score",
        a.INTERVENTION,
        (
            (ASSESSMENT, "följa deltagarens steg mot arbete", "assessment_id area_id value"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "register_version",
        a.INTERVENTION,
        (
            (IDENTITY, "minnas vad ett register sade förut (om deltagare: födelsedag, kön, hushåll)", "facts"),
            (TECHNICAL, KNOWN, "register row_id recorded_at replaced_at"),
        ),
    ),
    (
        "subject_extract",
        a.RIGHTS,
        (
            (CASE, "lämna ut det som fanns när personen frågade; krypterat", "participant_id content_encrypted"),
            (STAFF, "veta vem som tog fram och granskade", "made_by_id handed_out_by_id"),
            (NONE, "visa vad som maskerats, och att filen är densamma", "choices sha256"),
            (NONE, "veta vilken enhets uppgifter det är", "unit_id"),
            (TECHNICAL, KEY, "id made_at handed_out_at"),
        ),
    ),
    (
        "retention_hold",
        a.RIGHTS,
        (
            (CASE, "stoppa gallring av den som uppgifterna behövs för", "participant_id reason until_on"),
            (STAFF, "veta vem som stoppade och släppte", "placed_by_id lifted_by_id"),
            (TECHNICAL, KEY, "id placed_at lifted_at"),
        ),
    ),
    (
        "thinning",
        a.RIGHTS,
        (
            (CASE, "veta vilka som ska gallras, tills det är gjort", "participant_ids"),
            (STAFF, "veta vem som föreslog och godkände", "proposed_by_id approved_by_id"),
            (NONE, "visa vad som gallrats", "as_of_on protocol sha256"),
            (TECHNICAL, KEY, "id proposed_at approved_at withdrawn_at finished_at"),
        ),
    ),
    (
        "case_wait",
        a.STATISTICS,
        (
            (CASE, "räkna väntetider", "case_id wait began_on ended_on stopped_on unit_id"),
            (IDENTITY, "jämföra kvinnor och män", "sex"),
            (ASSISTANCE, "räkna ett hushåll en gång", "household_id left_wholly"),
        ),
    ),
    (
        "wait_count",
        a.STATISTICS,
        ((NONE, "antal väntetider av varje längd", "wait unit_id sex year ended begun_ended begun_stopped open"),),
    ),
    ("measure_run", a.STATISTICS, ((NONE, "veta när måtten räknades", "kind known_at waits_n"),)),
    ("measure_result", a.STATISTICS, ((NONE, "räknade siffror", "measure as_of_on known_at payload"),)),
    (
        "goal_override",
        a.STATISTICS,
        (
            (NONE, "bedöma en siffra mot målet", "measure unit_id from_on to_on computed chosen comment"),
            (STAFF, "veta vem som bedömde", "recorded_by_id voided_by_id"),
            (TECHNICAL, KEY, "id recorded_at voided_at"),
        ),
    ),
    (
        "frozen_report",
        a.STATISTICS,
        (
            (NONE, "siffror som redovisats", "report title as_of_on known_at software content sha256 comment"),
            (STAFF, "veta vem som frös och återkallade", "frozen_by_id voided_by_id"),
            (TECHNICAL, KEY, "id public_id request frozen_at voided_at void_reason"),
        ),
    ),
    (
        "audit",
        a.LOG,
        (
            (STAFF, "veta vem som läste eller ändrade, och för vilken enhet", "user_id unit_id"),
            (STAFF, "veta vad och när", "at kind detail endpoint"),
            (TECHNICAL, "veta om vem, genom löpnummer", "participant_id case_id"),
            (TECHNICAL, "visa att ingen rad är ändrad eller borta", "id seal"),
        ),
    ),
    (
        "log_review",
        a.LOG,
        (
            (STAFF, "veta vem som drog och signerade granskningen", "drawn_by_id signed_by_id"),
            (CASE, "visa granskningen som den var, med ärendenummer och svar", "protocol"),
            (NONE, "veta vilket urval det är", "unit_id of_managers month_on seed drawn_at signed_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "log_question",
        a.LOG,
        (
            (STAFF, "fråga den som läste, och bedöma svaret", "reader_id kind read_at verdict"),
            (CASE, "veta varför uppgifterna lästes; texten kan nämna personen", "answer comment"),
            (STAFF, "veta när, och vem som bedömde", "answered_at marked_at marked_by_id reasons"),
            (TECHNICAL, "veta om vem, genom löpnummer", "participant_id case_id"),
            (TECHNICAL, KEY, "id review_id audit_id"),
        ),
    ),
    (
        "import_run",
        a.IMPORTS,
        (
            (STAFF, "veta vem som läste in", "requested_by_id"),
            (IDENTITY, "kunna rätta rader som avvisats; krypterat", "refused_encrypted"),
            (NONE, "visa vad som lästes in", "dry_run strict file_names report"),
            (TECHNICAL, KEY, "id public_id job_id created_at finished_at request"),
        ),
    ),
    (
        "import_file",
        a.IMPORTS,
        (
            (IDENTITY, "läsa in filen; krypterat", "content_encrypted"),
            (NONE, "visa vilken fil det är", "name"),
            (TECHNICAL, KEY, "id run_id"),
        ),
    ),
    (
        "draft",
        a.DRAFTS,
        (
            (CASE, "ge tillbaka det ifyllda; krypterat", "fields_encrypted"),
            (STAFF, "veta vems utkast det är", "user_id"),
            (TECHNICAL, KEY, "id address saved_at"),
        ),
    ),
    (
        "referral_disclosure",
        a.INTERVENTION,
        (
            (CASE, "veta vad en anvisning lämnade ut, till vem och på vilken grund", "case_id event_id to_unit_id"),
            (CASE, "veta på vilken grund sekretessen bröts", "ground consent_on fields"),
            (CASE, KNOWN, "recorded_at"),
            (STAFF, "veta vem som lämnade ut", "recorded_by_id"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "saved_view",
        a.DRAFTS,
        ((STAFF, "ge tillbaka urvalet", "user_id name query created_at"), (TECHNICAL, KEY, "id public_id")),
    ),
    (
        "user_account",
        a.ACCESS,
        (
            (STAFF, "känna igen den som loggar in", "username name password_hash must_change_password"),
            (STAFF, "veta vad användaren får göra", "role unit_id created_at closed_at"),
            (STAFF, "visa programmet som användaren vill", "single_key_shortcuts language guided_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "user_session",
        a.ACCESS,
        (
            (STAFF, "veta vem som är inloggad och avsluta inloggningen", "user_id token_hash pending two_factors"),
            (STAFF, "visa var man är inloggad", "device created_at seen_at confirmed_at ended_at"),
            (TECHNICAL, "bära meddelanden mellan sidor", "data"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "authenticator_app",
        a.ACCESS,
        (
            (STAFF, "kontrollera engångskoder; krypterat", "user_id secret_encrypted last_step added_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "recovery_code",
        a.ACCESS,
        (
            (STAFF, "släppa in den som har tappat telefon eller nyckel", "user_id code_hash used_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "passkey",
        a.ACCESS,
        (
            (STAFF, "känna igen användarens nyckel", "user_id credential_id public_key sign_count name"),
            (STAFF, "visa när nyckeln användes", "added_at used_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "municipal_account",
        a.ACCESS,
        (
            (STAFF, "känna igen användaren i kommunens inloggning", "user_id issuer subject"),
            (STAFF, "inte ta emot samma svar två gånger", "added_at used_at"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    *REGISTERS,
)
