extension Schema {
    static let messages = """
        -- Messages that their recipients have not taken yet. `recipient` names one of the configuration, without any secret of it.
        CREATE TABLE message (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          recipient TEXT NOT NULL CHECK (recipient <> ''),
          event TEXT NOT NULL CHECK (event <> ''),
          body TEXT NOT NULL CHECK (json_valid(body)),
          madeAt INTEGER NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
          notBefore INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX messageRecipient ON message(recipient, id);

        -- What has been made into messages: the history up to a row, and what is remembered of causes. One row, or none where nobody gets messages.
        CREATE TABLE messageMemory (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          historyRead INTEGER NOT NULL CHECK (historyRead >= 0),
          memory TEXT NOT NULL CHECK (json_valid(memory))
        ) STRICT;
        """
}
