"""Production does not start with what is meant for a developer's machine."""

from __future__ import annotations

import pytest

from config import Config, SettingsRefused
from tests.web.production import production

DATABASE = "postgresql://caseflow:9Vd2mQx7@db/caseflow"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in production(DATABASE).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_production_starts_with_its_own_hosts_and_keys(settings: pytest.MonkeyPatch) -> None:
    config = Config()
    assert config.TRUSTED_HOSTS == ["caseflow.kommun.test"]
    assert (config.SESSION_COOKIE_NAME, config.SESSION_COOKIE_SECURE) == ("__Host-session", True)
    assert (config.SESSION_COOKIE_HTTPONLY, config.SESSION_COOKIE_SAMESITE) == (True, "Lax")


def test_a_new_key_stands_before_the_old_one(settings: pytest.MonkeyPatch) -> None:
    keys = [production(DATABASE)["CASEFLOW_PNR_KEY"] for _ in range(2)]
    settings.setenv("CASEFLOW_PNR_KEY", ",".join(keys))
    Config()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CASEFLOW_HOSTS", "", "CASEFLOW_HOSTS"),
        ("CASEFLOW_HOSTS", "*", "CASEFLOW_HOSTS"),
        ("CASEFLOW_DEMO", "1", "CASEFLOW_DEMO"),
        ("CASEFLOW_TODAY", "2020-12-01", "CASEFLOW_TODAY"),
        ("CASEFLOW_DATA", "/tmp/x", "CASEFLOW_DATA"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG"),
        ("SECRET_KEY", "x", "slumpade nycklar"),
        ("SECRET_KEY", "a" * 60, "slumpade nycklar"),
        ("SECRET_KEY", "only-for-tests-0123456789-abcdefghij", "slumpade nycklar"),
        ("CASEFLOW_PNR_HASH_KEY", "kort-nyckel-2f8a", "slumpade nycklar"),
        ("CASEFLOW_PNR_KEY", "A" * 43 + "=", "slumpade nycklar"),
        ("CASEFLOW_PNR_KEY", "inte-en-fernet-nyckel-men-ganska-lang-0123", "slumpade nycklar"),
        ("DATABASE_URL", "postgresql://caseflow:PASSWORD@db/caseflow", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://postgres:postgres@db/caseflow", "DATABASE_URL"),
    ],
)
def test_production_refuses_what_is_not_its_own(settings: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    settings.setenv(name, value)
    with pytest.raises(SettingsRefused, match=told) as refused:
        Config()
    assert len(value) < 4 or value not in str(refused.value)


@pytest.mark.parametrize(
    ("issuer", "secret"),
    [
        ("http://inloggning.kommun.test", "k7Qw2-Zp9x_Lm4vB8nTr6sYd1"),
        ("https://inloggning.kommun.test", ""),
        ("https://inloggning.kommun.test", "PASSWORD-PASSWORD-PASSWORD-PASSWORD"),
    ],
)
def test_production_refuses_a_municipal_sign_in_that_is_not_safe(
    settings: pytest.MonkeyPatch, issuer: str, secret: str
) -> None:
    settings.setenv("CASEFLOW_OIDC_ISSUER", issuer)
    settings.setenv("CASEFLOW_OIDC_CLIENT_SECRET", secret)
    with pytest.raises(SettingsRefused, match="CASEFLOW_OIDC_ISSUER"):
        Config()


def test_production_takes_a_municipal_sign_in_that_is(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("CASEFLOW_OIDC_ISSUER", "https://inloggning.kommun.test")
    settings.setenv("CASEFLOW_OIDC_CLIENT_SECRET", "k7Qw2-Zp9x_Lm4vB8nTr6sYd1cHf3GjA")
    assert Config().OIDC_ISSUER == "https://inloggning.kommun.test"


@pytest.mark.parametrize("roles", ["AMC-konsulenter", "AMC-konsulenter=konsulent AMC", "=counsellor AMC", "Chefer="])
def test_groups_that_are_wrongly_written_are_refused(settings: pytest.MonkeyPatch, roles: str) -> None:
    settings.setenv("CASEFLOW_OIDC_ROLES", f"Alla=controller; {roles}")
    with pytest.raises(SettingsRefused, match="CASEFLOW_OIDC_ROLES"):
        Config()


def test_production_refuses_one_key_in_two_places(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("SECRET_KEY", production(DATABASE)["SECRET_KEY"])
    settings.setenv("CASEFLOW_PNR_HASH_KEY", Config().SECRET_KEY)
    with pytest.raises(SettingsRefused, match="slumpade nycklar"):
        Config()


def test_without_https_only_the_own_machine_is_answered(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("CASEFLOW_HTTPS", "")
    settings.setenv("CASEFLOW_HOSTS", "")
    assert Config().TRUSTED_HOSTS == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "CASEFLOW_PNR_KEY", "CASEFLOW_PNR_HASH_KEY", "DATABASE_URL"])
def test_a_secret_that_is_missing_is_missed(settings: pytest.MonkeyPatch, name: str) -> None:
    settings.delenv(name)
    with pytest.raises(KeyError, match=name):
        Config()
