"""The outline of the study area, in kilometres, read from an untrusted GeoJSON file."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Outline:
    """A polygon whose degrees are scaled to kilometres as the middle of the area has it.

    That is true enough near the outline, and nothing depends on it far away.
    """

    polygon: BaseGeometry
    scale: np.ndarray[tuple[int], np.dtype[np.float64]]

    @cached_property
    def rim(self) -> BaseGeometry:
        """Return the line around the area."""
        import shapely

        rim = self.polygon.boundary
        shapely.prepare(rim)
        return rim

    def points(self, degrees: np.ndarray[Any, Any]) -> Any:
        """Return points in kilometres from rows of longitude and latitude."""
        import shapely

        return shapely.points(degrees * self.scale)


def _on_the_globe(bounds: tuple[float, float, float, float]) -> bool:
    """Tell whether bounds in degrees are possible; they are not where one is no number."""
    west, south, east, north = bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def read_outline(data: bytes, area: str) -> Outline:
    """Return the outline of the feature whose `place_id` is the area; a `ValueError` says why there is none."""
    import shapely
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        features = json.loads(data)["features"]
        geometry = next(item["geometry"] for item in features if item["properties"]["place_id"] == area)
        found = shape(geometry)
        usable = found.geom_type in {"Polygon", "MultiPolygon"} and not found.is_empty and _on_the_globe(found.bounds)
        usable = usable and found.is_valid
    except StopIteration:
        raise ValueError(f"no feature has the place_id {area} of the area") from None
    except ShapelyError as error:
        raise ValueError(f"the area's geometry cannot be read: {error}") from None
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError):
        raise ValueError("it is not a FeatureCollection of polygons, each with a place_id") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not usable:
        raise ValueError("the area's geometry is not a valid polygon in degrees")
    scale = KM_PER_DEGREE * np.array([math.cos(math.radians(found.centroid.y)), 1.0])
    polygon = shapely.transform(found, lambda corners: corners * scale)
    shapely.prepare(polygon)
    return Outline(polygon, scale)
