"""Models with children that are edited with them, made quickly from rows of the database.

modelcluster looks through all fields of a model each time an instance is made, since children may be handed
over with its values. A row has no children to hand over, and a page that shows twenty rows would be looked
through twenty times: a seventh of the time that the home page took.
"""

from typing import Any

from modelcluster.models import ClusterableModel


class Cluster(ClusterableModel):
    """modelcluster's own, whose instances from rows are made as those of any other model."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs:
            super().__init__(*args, **kwargs)
        else:
            # Values by their place, as Django hands over a row: the next class in line after modelcluster's.
            super(ClusterableModel, self).__init__(*args)
