"""Why each part of the severity weighs what it weighs, in words."""

from __future__ import annotations

from collections.abc import Mapping

from triage.assessment import Component, Frequency, Reach
from triage.language import Text
from triage.severity.harm import Harm, Weighed
from triage.severity.parts import Parts, circumstances, times
from triage.severity.readings import Reading
from triage.severity.weights import Weights

_LABELS: Mapping[str, Text] = {
    "insult": Text(nl="belediging", en="insult"),
    "threat": Text(nl="bedreiging", en="threat"),
    "sexual_harassment": Text(nl="seksuele intimidatie", en="sexual harassment"),
}
_KINDS: Mapping[str, Text] = {
    **_LABELS,
    "personal_data": Text(nl="persoonsgegevens", en="personal data"),
    "intimate_image": Text(nl="een intiem beeld", en="an intimate image"),
    "extortion": Text(nl="afpersing", en="extortion"),
    "discrimination": Text(nl="discriminatie", en="discrimination"),
    "children": Text(nl="kinderen genoemd", en="children mentioned"),
    "weapon": Text(nl="een wapen genoemd", en="a weapon mentioned"),
    "time_or_place": Text(nl="een tijd of plaats genoemd", en="a time or place mentioned"),
    "self_harm": Text(nl="gevaar voor de schrijver zelf", en="danger to the writer"),
    "function": Text(nl="gericht tegen iemand met een publieke taak", en="aimed at someone with a public task"),
    "several_victims": Text(nl="meer dan één slachtoffer", en="more than one victim"),
}
_IMPACTS: Mapping[str, Text] = {
    "none": Text(nl="De medewerker ervaart geen impact.", en="The employee reports no impact."),
    "low": Text(nl="De impact op de medewerker is klein.", en="The impact on the employee is low."),
    "medium": Text(nl="De impact op de medewerker is merkbaar.", en="The impact on the employee is medium."),
    "high": Text(nl="De impact op de medewerker is groot.", en="The impact on the employee is high."),
}
_NO_HARM = Text(
    nl="Geen enkel bericht heeft een label; {doubtful} nog om een menselijk oordeel.",
    en="No message has a label; {doubtful} a person's judgement.",
)
_CAPPED = Text(nl="De ernst is samen nooit meer dan 100.", en="The severity is never more than 100 in all.")


def reasons(reading: Reading, reach: Reach, full: Parts, points: Parts, weights: Weights, *, doubtful: int) -> dict[Component, Text]:
    """The reason of each component.

    Args:
        reading: The case as it most plausibly is.
        reach: As estimated, with its range.
        full: The points before the sum stops at 100.
        points: The points as they count.
        weights: The numbers behind them.
        doubtful: Messages that ask for a person's judgement.

    Returns:
        Sentences with figures, without a word of any message.
    """
    if reading.harm is None:
        words = _NO_HARM.nl, _NO_HARM.en
        nl = words[0].format(doubtful="1 bericht vraagt" if doubtful == 1 else f"{doubtful} berichten vragen")
        en = words[1].format(doubtful="1 message asks for" if doubtful == 1 else f"{doubtful} messages ask for")
        return dict.fromkeys(points, Text(nl=nl, en=en))
    sentences: dict[Component, Text] = {
        "content": _content(reading.harm.gravest, reading, weights),
        "reach": _reach(reading.harm, reading, reach),
        "repetition": _repetition(reading.frequency),
        "persistence": _persistence(reading.frequency),
        "impact": _impact(reading, weights),
        "context": _context(reading, weights),
    }
    return {component: _joined(text, _CAPPED) if points[component] < full[component] else text for component, text in sentences.items()}


def _content(found: Weighed, reading: Reading, weights: Weights) -> Text:
    label = _LABELS[found.label]
    sure = Text(nl="beoordeeld door een mens", en="judged by a person") if found.by_person else _chance(found.probability)
    sentences = [
        Text(
            nl=f"Zwaarste bericht: {label.nl}, intensiteit {_decimal(found.intensity).nl} ({sure.nl}).",
            en=f"Gravest message: {label.en}, intensity {found.intensity:.1f} ({sure.en}).",
        )
    ]
    acute = reading.acute_danger and weights.content.acute_danger > found.points
    if acute:
        least = _points(weights.content.acute_danger)
        sentences.append(
            Text(
                nl=f"Er is acuut gevaar gemeld; dat telt voor minstens {least.nl} punten.",
                en=f"Acute danger was reported; that counts for at least {least.en} points.",
            )
        )
    elif found.floor:
        kind, least = _KINDS[found.floor], _points(found.points)
        sentences.append(
            Text(
                nl=f"Ondergrens: {kind.nl} bij deze intensiteit telt voor minstens {least.nl} punten, hoe klein het bereik ook is.",
                en=f"Floor: {kind.en} at this intensity counts for at least {least.en} points, however small the reach.",
            )
        )
    return _joined(*sentences)


def _chance(probability: float) -> Text:
    return Text(nl=f"kans {probability:.0%}", en=f"probability {probability:.0%}")


def _reach(harm: Harm, reading: Reading, reach: Reach) -> Text:
    cap = _points(harm.reach_cap)
    most = Text(nl=f"Dit telt voor hooguit {cap.nl} punten.", en=f"This counts for at most {cap.en} points.")
    people, low, high = _whole(reading.people), _whole(reach.low), _whole(reach.high)
    if reach.people is None:
        size = Text(
            nl=f"Het bereik is onbekend; gerekend is met {people.nl} mensen, het midden tussen {low.nl} en {high.nl}.",
            en=f"The reach is unknown; {people.en} people are reckoned, the middle between {low.en} and {high.en}.",
        )
    elif reach.guess:
        size = Text(
            nl=f"Naar schatting {people.nl} mensen bereikt (tussen {low.nl} en {high.nl}).",
            en=f"An estimated {people.en} people were reached (between {low.en} and {high.en}).",
        )
    elif reach.people == 1:
        size = Text(nl="1 mens bereikt.", en="1 person was reached.")
    else:
        size = Text(nl=f"{people.nl} mensen bereikt.", en=f"{people.en} people were reached.")
    return _joined(size, most)


def _impact(reading: Reading, weights: Weights) -> Text:
    if reading.impact != "unknown":
        return _IMPACTS[reading.impact]
    points = _points(weights.impact.unknown)
    return Text(
        nl=f"De impact op de medewerker is nog niet bekend; er is voorlopig met {points.nl} punten gerekend.",
        en=f"The impact on the employee is not known yet; {points.en} points are reckoned for now.",
    )


def _repetition(frequency: Frequency) -> Text:
    count, shown = times(frequency), _whole(times(frequency))
    if count > frequency.harmful:
        return Text(
            nl=f"{shown.nl} schadelijke berichten in 30 dagen, zoals opgegeven door een mens.",
            en=f"{shown.en} harmful messages in 30 days, as reported by a person.",
        )
    if count == 1:
        return Text(nl="1 schadelijk bericht, geen herhaling.", en="1 harmful message, no repetition.")
    return Text(nl=f"{shown.nl} schadelijke berichten.", en=f"{shown.en} harmful messages.")


def _persistence(frequency: Frequency) -> Text:
    days, span = frequency.active_days, frequency.span_days
    if span is None:
        return Text(
            nl="Van geen schadelijk bericht is bekend wanneer het is gestuurd; gerekend is met 1 dag.",
            en="It is not known of any harmful message when it was sent; 1 day is reckoned.",
        )
    if days == 1:
        return Text(nl="Schadelijke berichten op 1 dag.", en="Harmful messages on 1 day.")
    return Text(
        nl=f"Schadelijke berichten op {days} dagen, verspreid over {_decimal(span).nl.removesuffix(',0')} dagen.",
        en=f"Harmful messages on {days} days, spread over {_decimal(span).en} days.",
    )


def _context(reading: Reading, weights: Weights) -> Text:
    held = [_KINDS[name] for name in circumstances(reading, weights)]
    if not held:
        return Text(nl="Geen omstandigheden die het zwaarder maken.", en="No circumstances that make it graver.")
    return Text(nl=f"Verzwarend: {', '.join(kind.nl for kind in held)}.", en=f"Aggravating: {', '.join(kind.en for kind in held)}.")


def _decimal(number: float) -> Text:
    """A number with one decimal: 2,0 and 2.0."""
    return Text(nl=f"{number:.1f}".replace(".", ","), en=f"{number:.1f}")


def _points(number: float) -> Text:
    """Points with a decimal only where there is one: 55, 41,3 and 41.3."""
    return Text(nl=_decimal(number).nl.removesuffix(",0"), en=_decimal(number).en.removesuffix(".0"))


def _whole(number: int) -> Text:
    """A whole number with its thousands apart: 5.000 and 5,000."""
    return Text(nl=f"{number:,}".replace(",", "."), en=f"{number:,}")


def _joined(*texts: Text) -> Text:
    return Text(nl=" ".join(text.nl for text in texts), en=" ".join(text.en for text in texts))
