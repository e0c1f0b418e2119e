"""Merkle trees of RFC 6962, and the path from any leaf to the root."""

import pytest

from crm_eventlog.audit.merkle import Tree, root_from_path, siblings


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33])
def test_every_leaf_of_a_tree_of_any_size_leads_to_its_top(size: int) -> None:
    leaves = [b"%d" % number for number in range(size)]

    for index in range(size):
        path = [(each.side, Tree(leaves[each.begin : each.end]).root) for each in siblings(index, size)]

        assert root_from_path(leaves[index], path) == Tree(leaves).root
        assert root_from_path(b"another", path) != Tree(leaves).root
        assert len(path) <= (size - 1).bit_length()


def test_the_tree_is_that_of_rfc_6962() -> None:
    # The vectors with which Certificate Transparency tests its own trees.
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]

    roots = [Tree(bytes.fromhex(leaf) for leaf in leaves[:size]).root.hex() for size in (0, 1, 2, 3, 8)]

    assert roots == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
