"""What agents read of a server that refuses this gate; that it is silent, the freshness says."""

from __future__ import annotations

from portique.core.plain import Words

NOT_KNOWN = Words(
    "il ne reconnaît plus ce portique, qui continue de décider avec ce qu’il sait. "
    "Prévenez le technicien : il faut l’inscrire de nouveau.",
    "it no longer knows this gate, which goes on deciding by what it knows. "
    "Tell the technician: it must be enrolled again.",
)
DISPUTED = Words(
    "il a déjà d’autres écritures sous les mêmes numéros : ce portique a peut-être été remis "
    "depuis une copie. Les décisions continuent ; prévenez le technicien.",
    "it has other entries under the same numbers: this gate may have been put back from a copy. "
    "Decisions go on; tell the technician.",
)
