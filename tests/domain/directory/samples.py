"""Small directories, and the public ones that lie beside the repository on some machines."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile, read_files
from domain.directory.values import Service

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "directory"
needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="the public directories are not in ../shared/data/directory"
)

ORGANIZATIONS = "id,name,description\nport,Port Friends,Neighbours\n"


def csv_file(name: str, text: str) -> SourceFile:
    return SourceFile(name, text.encode())


def files_in(name: str, data: bytes) -> list[SourceFile]:
    """As they are read where a file of that name holds this."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_files(path)


def json_file(document: object, name: str = "services.json") -> SourceFile:
    return SourceFile(name, json.dumps(document).encode())


def tables(**texts: str) -> list[SourceFile]:
    return [csv_file(f"{table}.csv", text) for table, text in texts.items()]


def clinic(**changes: Any) -> dict[str, Any]:
    """A whole HSDS 3.0 service object, invented."""
    return {
        "id": "clinic",
        "name": "Clinic of the Old Port",
        "description": "A doctor for everyone.",
        "status": "active",
        "assured_date": "2026-01-10",
        "organization": {"id": "port", "name": "Port Friends", "description": "Neighbours"},
        "phones": [{"number": "+355 4 555 0101", "languages": [{"code": "sq"}]}],
        "schedules": [
            {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}
        ],
        "service_at_locations": [
            {
                "id": "clinic-at-quay",
                "location": {
                    "id": "quay",
                    "location_type": "physical",
                    "name": "The quay house",
                    "latitude": 41.31,
                    "longitude": 19.45,
                    "addresses": [
                        {
                            "address_1": "Rruga e Portit 1",
                            "city": "Durrës",
                            "state_province": "Durrës",
                            "postal_code": "2001",
                            "country": "AL",
                            "address_type": "physical",
                        }
                    ],
                },
            }
        ],
    } | changes


def translated(texts: dict[str, str], language: str = "ar") -> list[dict[str, Any]]:
    """As attributes of what these are the texts of."""
    return [
        {
            "value": text,
            "taxonomy_term": {"code": field, "taxonomy": "translation", "language": language},
        }
        for field, text in texts.items()
    ]


def read_one(*files: SourceFile) -> Service:
    """Where all of it is sound."""
    reading = read_directory(files)
    assert reading.rejected == []
    (service,) = reading.services
    return service


def read_clinic(**changes: Any) -> Service:
    return read_one(json_file([clinic(**changes)]))


def feature(**said: Any) -> dict[str, Any]:
    """As UNHCR Jordan's services-advisor gives it out."""
    return {
        "id": 7,
        "properties": {
            "locationName": "Zaatari Camp",
            "partnerName": "Example Relief",
            "activity": 1,
            "activityCategory": "HEALTH",
            "activityName": "Health Services",
            "startDate": "2014-01-01",
            "endDate": "2014-12-31",
            "indicators": {"Primary healthcare": 3, "Surgery": 0},
        }
        | said,
        "geometry": {"type": "Point", "coordinates": [36.32, 32.29]},
    }
