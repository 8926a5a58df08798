"""Fictitious employers and workplaces, and which kinds of placement they take."""

from random import Random

from demo.records import Workplace

KOMMUN, BOLAG, PRIVAT, IDEELL = "kommun", "kommunalt bolag", "privat", "ideell"

REUSE_STATION = Workplace("Tekniska verken", "Återbruket", BOLAG)

MUNICIPAL = [
    Workplace("Leanlink", "Centralköket", KOMMUN),
    Workplace("Leanlink", "Lokalvården", KOMMUN),
    Workplace("Leanlink", "Drivbänk", KOMMUN),
    Workplace("Leanlink", "Skolköket Ekängen", KOMMUN),
    Workplace("Vård- och omsorgsförvaltningen", "Äldreboendet Solhaga", KOMMUN),
    Workplace("Vård- och omsorgsförvaltningen", "Äldreboendet Stångåstrand", KOMMUN),
    Workplace("Vård- och omsorgsförvaltningen", "Dagverksamheten Linden", KOMMUN),
    Workplace("Utbildningsförvaltningen", "Förskolan Ekbacken", KOMMUN),
    Workplace("Utbildningsförvaltningen", "Förskolan Myrstacken", KOMMUN),
    Workplace("Utbildningsförvaltningen", "Björkskolan", KOMMUN),
    Workplace("Utbildningsförvaltningen", "Vaktmästeriet Skäggetorp", KOMMUN),
    Workplace("Miljö- och samhällsbyggnadsförvaltningen", "Parkdrift Väst", KOMMUN),
    Workplace("Miljö- och samhällsbyggnadsförvaltningen", "Parkdrift Öst", KOMMUN),
    Workplace("Miljö- och samhällsbyggnadsförvaltningen", "Naturvårdslaget", KOMMUN),
    Workplace("Kultur- och fritidsförvaltningen", "Stadsbiblioteket", KOMMUN),
    Workplace("Kultur- och fritidsförvaltningen", "Vallabadet", KOMMUN),
    Workplace("Kultur- och fritidsförvaltningen", "Idrottsplatsen Ryd", KOMMUN),
    Workplace("Socialförvaltningen", "Mötesplatsen Bryggan", KOMMUN),
]
COMPANIES = [
    Workplace("Bostadsbolaget Stångåhem", "Fastighetsskötsel Berga", BOLAG),
    Workplace("Bostadsbolaget Stångåhem", "Trädgårdsgruppen", BOLAG),
    Workplace("Tekniska verken", "Sorteringen Gärstad", BOLAG),
    Workplace("Visit Linden", "Evenemangsverkstaden", BOLAG),
]
OTHER_EMPLOYERS = [
    Workplace("Nordlagret AB", "Lagret Torvinge", PRIVAT),
    Workplace("Östgötabagaren AB", "Bageriet Tornby", PRIVAT),
    Workplace("Roxens Städ AB", "Roxens Städ", PRIVAT),
    Workplace("Matköpet Vidingsjö AB", "Matköpet Vidingsjö", PRIVAT),
    Workplace("Kinda Snickeri AB", "Kinda Snickeri", PRIVAT),
    Workplace("Hotell Kanalen AB", "Hotell Kanalen", PRIVAT),
    Workplace("Restaurang Saffran", "Restaurang Saffran", PRIVAT),
    Workplace("Bilvården i Tallboda AB", "Bilvården Tallboda", PRIVAT),
    Workplace("Föreningen Nya Steg", "Second hand Nygatan", IDEELL),
    Workplace("Föreningen Nya Steg", "Snickeriverkstaden", IDEELL),
    Workplace("Odlarna i Lambohov", "Odlingarna", IDEELL),
    Workplace("Idrottsföreningen Roxen", "Klubbstugan", IDEELL),
]
BY_NAME = {place.name: place for place in [REUSE_STATION, *MUNICIPAL, *COMPANIES, *OTHER_EMPLOYERS]}


def municipal_workplace(rng: Random) -> Workplace:
    """A place within the municipality and its companies, which is where 500-uppdraget had its places.

    Never Återbruket, whose number is published and set on its own.
    """
    return rng.choice(MUNICIPAL * 2 + COMPANIES)


def any_workplace(rng: Random) -> Workplace:
    return rng.choice([*MUNICIPAL, *COMPANIES, *OTHER_EMPLOYERS, *OTHER_EMPLOYERS])
