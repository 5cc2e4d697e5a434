extension Schema {
    static let clearing = """
        -- What becomes of a delivered item's files in the inbox (`after`): written before anything is moved or deleted, and after it.
        -- `since` is the time that the daemon has witnessed when it first saw that the item is to be deleted, in milliseconds.
        CREATE TABLE clearing (
          item INTEGER PRIMARY KEY REFERENCES item(id),
          digest TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('waiting', 'begun', 'done')),
          since INTEGER NOT NULL,
          notBefore INTEGER NOT NULL DEFAULT 0,
          -- Why it could not be done the last time.
          trouble TEXT,
          plan TEXT CHECK (plan IS NULL OR json_valid(plan)),
          -- Names in the folder that are not the station's: it stays with them.
          remaining INTEGER,
          doneAt INTEGER,
          FOREIGN KEY (item, digest) REFERENCES content(item, digest),
          CHECK (CASE state
            WHEN 'waiting' THEN plan IS NULL AND doneAt IS NULL
            WHEN 'begun'   THEN plan IS NOT NULL AND doneAt IS NULL
            WHEN 'done'    THEN plan IS NOT NULL AND doneAt IS NOT NULL AND remaining IS NOT NULL
            ELSE 0 END)
        ) STRICT;
        -- Folders above cleared items in which nothing is left: removed once they have stayed so for a while. `modified` is the file system's.
        CREATE TABLE emptiedFolder (
          inbox TEXT NOT NULL,
          path TEXT NOT NULL CHECK (path <> ''),
          inode INTEGER NOT NULL,
          modified INTEGER NOT NULL,
          emptiedAt INTEGER NOT NULL,
          PRIMARY KEY (inbox, path)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX clearingBegun ON clearing(item) WHERE state = 'begun';
        CREATE INDEX itemToClear ON item(inbox, registeredAt, id)
          WHERE state = 'registered' AND lastSight = 'stamped' AND scan IS NULL;
        """
}
