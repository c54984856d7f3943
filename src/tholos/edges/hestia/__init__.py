"""The RPC edge: ``POST /api/`` as clients of HestiaCP speak it, and the formats that the ``v-*`` commands print."""
