"""The demo's users: fictitious, one password for all. They are for a demo only, and the command refuses elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.security.permissions import Role

PASSWORD = "caseflow-demo-2020"  # noqa: S105  # nosec B105 (printed at start and shown on the sign-in page of a demo)


@dataclass(frozen=True)
class DemoUser:
    """Somebody to sign in as; `unit` is the unit's code."""

    username: str
    name: str
    role: Role
    unit: str | None = None

    @property
    def title(self) -> str:
        """Role and unit: "Socialsekreterare, AFI"."""
        return f"{self.role.label}, {self.unit}" if self.unit else self.role.label


USERS = (
    DemoUser("karin.lindqvist", "Karin Lindqvist", Role.COUNSELLOR, "AMC"),
    DemoUser("johan.akesson", "Johan Åkesson", Role.COUNSELLOR, "AMC"),
    DemoUser("nadia.haddad", "Nadia Haddad", Role.COUNSELLOR, "AMC"),
    DemoUser("peter.sundin", "Peter Sundin", Role.COUNSELLOR, "AMS"),
    DemoUser("eva.malmgren", "Eva Malmgren", Role.COUNSELLOR, "OSA"),
    DemoUser("maria.ekdahl", "Maria Ekdahl", Role.SOCIAL_WORKER, "AFI"),
    DemoUser("tomas.hjelm", "Tomas Hjelm", Role.SOCIAL_WORKER, "AFI"),
    DemoUser("sara.lindgren", "Sara Lindgren", Role.SOCIAL_WORKER, "TuA"),
    DemoUser("lena.ostberg", "Lena Östberg", Role.SOCIAL_WORKER, "JKT"),
    DemoUser("amir.rezai", "Amir Rezai", Role.SOCIAL_WORKER, "Etableringsteamet"),
    DemoUser("annika.broden", "Annika Brodén", Role.MANAGER),
    DemoUser("henrik.sandberg", "Henrik Sandberg", Role.CONTROLLER),
    DemoUser("ulrika.nyman", "Ulrika Nyman", Role.ADMINISTRATOR),
)

# Their colleagues at AMC and AMS, so that nobody has more cases than one can work. Not offered at sign-in.
COLLEAGUES = tuple(
    DemoUser(username, name, Role.COUNSELLOR, unit)
    for username, name, unit in (
        ("anders.wik", "Anders Wik", "AMC"),
        ("britta.falk", "Britta Falk", "AMC"),
        ("cecilia.norell", "Cecilia Norell", "AMC"),
        ("daniel.strand", "Daniel Strand", "AMC"),
        ("elin.backlund", "Elin Backlund", "AMC"),
        ("farid.nazari", "Farid Nazari", "AMC"),
        ("gunilla.ros", "Gunilla Ros", "AMC"),
        ("helen.tesfaye", "Helen Tesfaye", "AMC"),
        ("ingrid.palm", "Ingrid Palm", "AMC"),
        ("jonas.ek", "Jonas Ek", "AMC"),
        ("katarina.lund", "Katarina Lund", "AMC"),
        ("lars.modig", "Lars Modig", "AMC"),
        ("mona.ahlin", "Mona Ahlin", "AMC"),
        ("nils.torell", "Nils Torell", "AMS"),
        ("olivia.berg", "Olivia Berg", "AMS"),
    )
)
EVERYBODY = USERS + COLLEAGUES

# What the start prints: user name, name, role.
SIGN_INS = [(user.username, user.name, user.title) for user in USERS]
