"""A filter by yes or no: the same words everywhere, and a wrong word is refused."""

from dataclasses import replace

import pytest

from geo.errors import BadQuery
from geo.fields import Field
from geo.schema import LAYERS
from webmap import params
from webmap.pages.layers_page import filter_choices

FLAG = Field("heritage", "flag", "Whether the town protects it.", filterable=True)
LAYER = replace(LAYERS["trees"], fields=(*LAYERS["trees"].fields, FLAG))


@pytest.mark.parametrize(
    ("text", "values"),
    [("yes", ("1",)), ("TRUE", ("1",)), ("no", ("0",)), ("0", ("0",)), ("null", ("",)), ("yes,no", ("1", "0"))],
)
def test_yes_and_no_are_read_in_every_usual_form(text, values):
    query = params.query_from_pairs(LAYER, [("heritage", text)], {}, today=None)

    assert query.where["heritage"] == values


def test_another_word_is_refused_with_those_that_it_can_be():
    with pytest.raises(BadQuery, match="heritage is 'maybe'; it can be yes, no or null"):
        params.query_from_pairs(LAYER, [("heritage", "maybe")], {}, today=None)


def test_the_exports_page_offers_yes_and_no():
    (choice,) = filter_choices(LAYER, ("heritage",))

    assert choice["options"] == [("yes", "Yes"), ("no", "No")]
