"""Who may call: access keys, legacy keys, permission profiles, the API switches."""
