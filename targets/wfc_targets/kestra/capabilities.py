"""What Kestra can do with each construct."""

CAPABILITIES = ()
