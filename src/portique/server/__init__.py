"""The school's server: people, passes, gates and a live console, in one Django project.

Each app holds `models actions queries views urls templates`: writes are in `actions`, reads that
pages and API share in `queries`. What needs no web framework is in `portique.school`.
"""
