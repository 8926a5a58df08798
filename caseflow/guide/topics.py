"""The pages of help: which pages each explains, and where somebody new begins."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString

from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.security.permissions import Role


@dataclass(frozen=True)
class Topic:
    """One page of help. The first of `endpoints` is the page that it is named after, all are those it explains."""

    title: LazyString
    template: str
    endpoints: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its part of the address."""
        return self.template.removeprefix("guide/").removesuffix(".html")


# In the order of the list.
TOPICS: tuple[Topic, ...] = (
    Topic(_l("Min dag"), "guide/min-dag.html", ("cases.my_day",)),
    Topic(_l("Ärenden"), "guide/arenden.html", ("cases.case_list", "cases.search")),
    Topic(_l("Tavla"), "guide/tavla.html", ("cases.board",)),
    Topic(
        _l("Sparade vyer"),
        "guide/sparade-vyer.html",
        ("cases.saved_view_list", "cases.save_view", "cases.rename_view"),
    ),
    Topic(_l("Ärendets sida"), "guide/arendet.html", ("cases.case_page",)),
    Topic(
        _l("Ta emot anvisningar"),
        "guide/ta-emot.html",
        ("cases.received_referrals", "cases.accept", "cases.return_referral"),
    ),
    Topic(
        _l("Skicka och följa anvisningar"),
        "guide/anvisa.html",
        ("cases.new_referral", "cases.sent_referrals", "cases.withdraw"),
    ),
    Topic(
        _l("Registrera i ett ärende"),
        "guide/registrera.html",
        (
            "cases.first_meeting",
            "cases.follow_up",
            "cases.assess",
            "cases.add_note",
            "cases.join_programme",
            "cases.leave_programme",
        ),
    ),
    Topic(
        _l("Placeringar"),
        "guide/placeringar.html",
        ("cases.placement_list", "cases.start_placement", "cases.end_placement", "cases.wage_cost"),
    ),
    Topic(_l("Avsluta och återöppna"), "guide/avsluta.html", ("cases.close", "cases.reopen")),
    Topic(
        _l("Rätta och makulera"),
        "guide/ratta.html",
        ("cases.correct_event", "cases.void_event", "cases.correct_person"),
    ),
    Topic(_l("Lämna över ärenden"), "guide/lamna-over.html", ("cases.hand_over", "cases.hand_over_many_cases")),
    Topic(
        _l("Skyddade ärenden"),
        "guide/skyddade-arenden.html",
        ("cases.protected_list", "cases.grant_case", "cases.break_glass"),
    ),
    Topic(_l("Ledtider"), "guide/ledtider.html", ("measures.lead_times",)),
    Topic(_l("Flöde"), "guide/flode.html", ("measures.flow_page",)),
    Topic(_l("Arbetsbelastning"), "guide/arbetsbelastning.html", ("measures.workload_page",)),
    Topic(_l("500-uppdraget"), "guide/500-uppdraget.html", ("measures.programme_report", "measures.savings_rows")),
    Topic(_l("Rapporter"), "guide/rapporter.html", ("reports.report_list", "reports.report", "reports.rows_behind")),
    Topic(
        _l("Frysta rapporter"),
        "guide/frysta-rapporter.html",
        (
            "reports.frozen_list",
            "reports.frozen_report",
            "reports.frozen_difference",
            "reports.freeze",
            "reports.withdraw",
        ),
    ),
    Topic(_l("Bedömningar"), "guide/bedomningar.html", ("measures.goal_list", "measures.goal_edit")),
    Topic(_l("Läs in filer"), "guide/filer.html", ("imports.upload", "imports.import_run")),
    Topic(_l("Bakgrundsarbeten"), "guide/bakgrundsarbeten.html", ("jobs.job_list",)),
    Topic(
        _l("Arbetsplatser"),
        "guide/arbetsplatser.html",
        (
            "organisation.workplace_list",
            "organisation.workplace_new",
            "organisation.workplace_edit",
            "organisation.workplace_close",
            "organisation.employer_edit",
        ),
    ),
    Topic(
        _l("Användare"),
        "guide/anvandare.html",
        ("organisation.user_list", "organisation.user_new", "organisation.user_edit", "organisation.user_close"),
    ),
    Topic(
        _l("Enheter"),
        "guide/enheter.html",
        (
            "organisation.unit_list",
            "organisation.unit_new",
            "organisation.unit_edit",
            "organisation.unit_disclosure",
            "organisation.unit_close",
        ),
    ),
    Topic(
        _l("Målvärden"),
        "guide/malvarden.html",
        ("organisation.target_list", "organisation.target_new", "organisation.target_end"),
    ),
    Topic(
        _l("Program"),
        "guide/program.html",
        ("organisation.programme_list", "organisation.programme_new", "organisation.programme_edit"),
    ),
    Topic(_l("Områden för skattning"), "guide/omraden.html", ("cases.area_list", "cases.area_close")),
    Topic(_l("Registerutdrag"), "guide/registerutdrag.html", ("privacy.extract_list", "privacy.extract")),
    Topic(
        _l("Gallring"),
        "guide/gallring.html",
        ("privacy.thinning_list", "privacy.thinning_page", "privacy.hold"),
    ),
    Topic(_l("Loggranskning"), "guide/loggranskning.html", ("privacy.review_list", "privacy.review")),
    Topic(_l("Registerförteckning"), "guide/registerforteckning.html", ("privacy.record",)),
    Topic(_l("Min sida"), "guide/min-sida.html", ("accounts.my_page", "privacy.my_questions")),
    Topic(_l("Tvåstegsinloggning"), "guide/tvasteg.html", ("accounts.factors_page", "accounts.add_app")),
    Topic(_l("Bekräfta att det är du"), "guide/bekrafta.html", ("accounts.confirm",)),
)
BY_KEY = {topic.key: topic for topic in TOPICS}
BY_ENDPOINT = {endpoint: topic for topic in TOPICS for endpoint in topic.endpoints}


def get_topic(key: str) -> Topic:
    """The page of help. Raises NotFound."""
    if key not in BY_KEY:
        raise NotFound(_("Den hjälpsidan finns inte. Välj en i listan under Hjälp."))
    return BY_KEY[key]


@dataclass(frozen=True)
class Step:
    """Something that somebody new tries: what for, and the page where it is done."""

    text: LazyString
    link: LazyString
    endpoint: str


FIRST_STEPS: dict[Role, tuple[Step, ...]] = {
    Role.COUNSELLOR: (
        Step(
            _l("Se vilka som väntar på att tas emot. Den som har väntat längst står överst."),
            _l("Öppna anvisningarna"),
            "cases.received_referrals",
        ),
        Step(
            _l("Öppna ett av dina ärenden. Den stora knappen är det som ska göras härnäst."),
            _l("Visa ärendena"),
            "cases.case_list",
        ),
        Step(
            _l("Börja varje dag på Min dag: där står allt som ska göras, och det som är försenat först."),
            _l("Läs om Min dag"),
            "cases.my_day",
        ),
    ),
    Role.SOCIAL_WORKER: (
        Step(
            _l("Skicka en anvisning. Börja med personnumret, så hämtas det som redan är känt."),
            _l("Skriv en anvisning"),
            "cases.new_referral",
        ),
        Step(
            _l("Följ vad som har hänt sedan, och se varför en anvisning kom tillbaka."),
            _l("Läs om anvisningar"),
            "cases.sent_referrals",
        ),
        Step(
            _l("Sök på namn, personnummer eller ärende i fältet högst upp, eller gå till listan."),
            _l("Visa ärendena"),
            "cases.case_list",
        ),
    ),
    Role.MANAGER: (
        Step(
            _l("Läs hur länge deltagarna väntar. Välj period, enhet och program högst upp."),
            _l("Läs om ledtider"),
            "measures.lead_times",
        ),
        Step(
            _l("Öppna en rapport. Tryck på en siffra för att se ärendena bakom den."),
            _l("Visa rapporterna"),
            "reports.report_list",
        ),
        Step(
            _l("Se var deltagarna befinner sig nu, enhet för enhet."),
            _l("Visa ärendena"),
            "cases.case_list",
        ),
    ),
    Role.CONTROLLER: (
        Step(
            _l("Välj en rapport, en period och en brytdag, och hämta den som PDF eller kalkylark."),
            _l("Visa rapporterna"),
            "reports.report_list",
        ),
        Step(
            _l("Bedöm om målen uppfylls och skriv nämndens kommentarer."),
            _l("Visa bedömningarna"),
            "measures.goal_list",
        ),
        Step(
            _l("Frys en rapport när den är klar. Då kan den jämföras med senare siffror."),
            _l("Visa frysta rapporter"),
            "reports.frozen_list",
        ),
    ),
    Role.ADMINISTRATOR: (
        Step(
            _l("Lägg upp dem som ska arbeta i Caseflow och ge var och en en roll och en enhet."),
            _l("Registrera användare"),
            "organisation.user_new",
        ),
        Step(
            _l("Se till att enheterna och deras kostnader stämmer."),
            _l("Visa enheterna"),
            "organisation.unit_list",
        ),
        Step(
            _l("Registrera de målvärden som nämnden har beslutat om."),
            _l("Visa målvärdena"),
            "organisation.target_list",
        ),
    ),
}
