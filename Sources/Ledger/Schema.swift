import GRDB

/// The ledger's tables.
///
/// Migrations are frozen SQL that names no Swift type; a change is a new migration.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 items") { db in
            for part in [items, contents, search, retractions, uploads, handOvers, messages, clearing, tallies, daemon]
            {
                try db.execute(sql: part)
            }
        }
        return migrator
    }

    /// Times are milliseconds since 1970, UTC, here and in all tables.
    ///
    /// `digest` is the content digest that the state refers to. `kind` describes what is at the path now; earlier contents keep theirs.
    ///
    /// `site` is the id of the site that the item belongs to; NULL before it is known. `stated` is where a station that is not accepted says
    /// that it stands: `content` has the place of those that are.
    ///
    /// `scan` is the item that a station was read from: one position of an E57 file. Nothing on the disk has its path, and the report of the
    /// scan is its report.
    ///
    /// Frequent queries have an index, since they must not read every row of a hundred thousand finished stations. The next turn is found
    /// through one, however many items wait. An item on its way has no report; it is due for reporting only to remove the report of an
    /// earlier state.
    private static let items = """
        CREATE TABLE item (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          kind TEXT NOT NULL CHECK (kind IN ('station', 'pointCloud', 'scan')),
          inbox TEXT NOT NULL,
          path TEXT NOT NULL CHECK (path <> ''),
          site TEXT,
          stated TEXT CHECK (stated IS NULL OR (json_valid(stated) AND digest IS NULL)),
          scan INTEGER REFERENCES item(id) CHECK (scan IS NULL OR (scan <> id AND kind = 'station')),
          lastSight TEXT NOT NULL,
          stamp TEXT,
          state TEXT NOT NULL,
          digest TEXT,
          problems TEXT CHECK (problems IS NULL OR json_valid(problems)),
          notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes)),
          failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
          modelRevision TEXT CHECK (modelRevision IS NULL OR json_valid(modelRevision)),
          sameAs INTEGER REFERENCES item(id) CHECK (sameAs IS NULL OR sameAs <> id),
          mayReplace INTEGER NOT NULL DEFAULT 0 CHECK (mayReplace IN (0, 1)),
          corrects INTEGER NOT NULL DEFAULT 0 CHECK (corrects IN (0, 1)),
          -- The content that an operator took out of CDF: it is not sent again from here.
          retracted TEXT CHECK (retracted IS NULL OR state IN ('withdrawn', 'incomplete', 'rejected')),
          -- The ids for which it was refused because of what else has them, or stands at its station: inspected again when that is gone.
          contested TEXT CHECK (contested IS NULL OR (json_valid(contested) AND state = 'rejected')),
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
          resends INTEGER NOT NULL DEFAULT 0 CHECK (resends >= 0),
          notBefore INTEGER NOT NULL,
          firstSeen INTEGER NOT NULL,
          changedAt INTEGER NOT NULL,
          registeredAt INTEGER,
          revision INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
          reportedRevision INTEGER NOT NULL DEFAULT 0 CHECK (reportedRevision <= revision),
          report TEXT,
          -- The folder of a report that could not be written where it belongs.
          reportFolder TEXT,
          UNIQUE (inbox, path),
          FOREIGN KEY (id, digest) REFERENCES content(item, digest) DEFERRABLE INITIALLY DEFERRED,
          CHECK (CASE lastSight
            WHEN 'stamped'   THEN stamp IS NOT NULL
            WHEN 'gone'      THEN stamp IS NULL
            WHEN 'lookAgain' THEN stamp IS NULL
            ELSE 0 END),
          CHECK (CASE state
            WHEN 'incomplete' THEN digest IS NULL AND problems IS NOT NULL AND failure IS NULL AND sameAs IS NULL
            WHEN 'accepted'   THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL
            WHEN 'uploading'  THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
            WHEN 'uploaded'   THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
            WHEN 'processing' THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
                                   AND kind = 'pointCloud'
            WHEN 'registered' THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND registeredAt IS NOT NULL
            WHEN 'rejected'   THEN digest IS NULL AND coalesce(json_array_length(problems), 0) > 0 AND failure IS NULL
                                   AND sameAs IS NULL
            WHEN 'failed'     THEN digest IS NOT NULL AND problems IS NULL AND failure IS NOT NULL AND sameAs IS NULL
            WHEN 'withdrawn'  THEN digest IS NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
            ELSE 0 END),
          CHECK ((state = 'processing') = (modelRevision IS NOT NULL))
        ) STRICT;
        CREATE INDEX itemState ON item(state);
        CREATE INDEX itemChanged ON item(changedAt, id);
        -- Lists of one site, inbox or kind, in the order of the numbers.
        CREATE INDEX itemSite ON item(site) WHERE site IS NOT NULL;
        CREATE INDEX itemInbox ON item(inbox);
        CREATE INDEX itemKind ON item(kind);
        CREATE INDEX itemSameAs ON item(sameAs) WHERE sameAs IS NOT NULL;
        CREATE INDEX itemRetracted ON item(retracted) WHERE retracted IS NOT NULL;
        CREATE INDEX itemContested ON item(id) WHERE contested IS NOT NULL;
        CREATE INDEX itemLookAgain ON item(id) WHERE lastSight = 'lookAgain';
        CREATE INDEX itemTurn ON item(kind, inbox, attempts, corrects, id) WHERE state = 'accepted' AND sameAs IS NULL;
        CREATE INDEX itemDue ON item(state, kind, notBefore) WHERE state IN ('accepted', 'uploading', 'uploaded', 'processing');
        CREATE INDEX itemWaiting ON item(changedAt) WHERE state IN ('accepted', 'uploading', 'uploaded', 'processing');
        -- When it was delivered: the throughput of a day, and the last delivery. With the state, so that the index alone is read.
        CREATE INDEX itemDelivered ON item(changedAt, state) WHERE state = 'registered';
        CREATE INDEX itemToReport ON item(id)
          WHERE reportedRevision < revision AND scan IS NULL
            AND (state NOT IN ('accepted', 'uploading', 'uploaded', 'processing') OR report IS NOT NULL);
        CREATE INDEX itemScan ON item(scan, state) WHERE scan IS NOT NULL;
        CREATE INDEX itemScanUnderWay ON item(scan, digest)
          WHERE scan IS NOT NULL AND state IN ('accepted', 'uploading', 'uploaded', 'processing');
        -- Few: reports of files that are done themselves, but for some of their positions.
        CREATE INDEX itemScanReport ON item(id) WHERE kind = 'scan' AND state = 'registered' AND report IS NOT NULL;
        CREATE INDEX itemReportFolder ON item(inbox, reportFolder) WHERE reportFolder IS NOT NULL;

        -- What happened to each item, in order. Rows are only ever added.
        CREATE TABLE history (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          item INTEGER NOT NULL REFERENCES item(id),
          at INTEGER NOT NULL,
          event TEXT NOT NULL,
          state TEXT NOT NULL,
          detail TEXT
        ) STRICT;
        CREATE INDEX historyItem ON history(item, id);
        CREATE TRIGGER historyIsFinal BEFORE UPDATE ON history
          BEGIN SELECT RAISE(ABORT, 'the history is only ever added to'); END;
        CREATE TRIGGER historyStays BEFORE DELETE ON history
          BEGIN SELECT RAISE(ABORT, 'the history is only ever added to'); END;
        """

    /// Accepted contents and their files.
    ///
    /// `externalID` is the id of what the content becomes as a whole; a file has its own. `receipt` is CDF's number of a file.
    ///
    /// `x`, `y`, `z` (metres, CDF frame), `heading` (degrees clockwise from +Y of where the front face looks; NULL where it looks straight up or
    /// down) and `time` (when it was taken) are those in `value`. They stand before it: a row's text fills pages of its own.
    private static let contents = """
        -- One accepted content of one item. Corrections add a row; none is ever removed.
        CREATE TABLE content (
          item INTEGER NOT NULL REFERENCES item(id),
          digest TEXT NOT NULL CHECK (length(digest) = 64),
          kind TEXT NOT NULL CHECK (kind IN ('station', 'pointCloud', 'scan')),
          externalID TEXT NOT NULL CHECK (externalID <> ''),
          collectionID TEXT,
          stationID TEXT,
          x REAL,
          y REAL,
          z REAL,
          heading REAL CHECK (heading >= 0 AND heading < 360),
          time INTEGER,
          value TEXT NOT NULL CHECK (json_valid(value)),
          acceptedAt INTEGER NOT NULL,
          deliveredAt INTEGER,
          -- Another tool wrote it; only its record is drop360's.
          adoptedAt INTEGER CHECK (adoptedAt IS NULL OR deliveredAt IS NOT NULL),
          supersededAt INTEGER CHECK (supersededAt IS NULL OR deliveredAt IS NOT NULL),
          -- When its image was deleted in CDF because an operator asked for it.
          retractedAt INTEGER CHECK (retractedAt IS NULL OR deliveredAt IS NOT NULL),
          PRIMARY KEY (item, digest),
          CHECK (CASE kind
            WHEN 'station' THEN collectionID IS NOT NULL AND stationID IS NOT NULL
                                AND x IS NOT NULL AND y IS NOT NULL AND z IS NOT NULL
            ELSE coalesce(collectionID, stationID, x, y, z, heading, time) IS NULL END)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX contentExternalID ON content(externalID);
        CREATE INDEX contentStation ON content(stationID);
        CREATE INDEX contentCollection ON content(collectionID);
        CREATE INDEX contentDigest ON content(digest);

        -- One file of one accepted content: what is to be sent, and the receipt for it.
        CREATE TABLE file (
          item INTEGER NOT NULL,
          digest TEXT NOT NULL,
          role TEXT NOT NULL CHECK (role IN ('front', 'back', 'left', 'right', 'top', 'bottom', 'pointCloud')),
          externalID TEXT NOT NULL CHECK (externalID <> ''),
          size INTEGER NOT NULL CHECK (size > 0),
          sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
          state TEXT NOT NULL,
          receipt INTEGER,
          sentAt INTEGER,
          confirmedAt INTEGER,
          PRIMARY KEY (item, digest, role),
          FOREIGN KEY (item, digest) REFERENCES content(item, digest),
          CHECK (CASE state
            WHEN 'pending'   THEN receipt IS NULL AND sentAt IS NULL AND confirmedAt IS NULL
            WHEN 'sent'      THEN receipt IS NOT NULL AND sentAt IS NOT NULL AND confirmedAt IS NULL
            WHEN 'confirmed' THEN receipt IS NOT NULL AND sentAt IS NOT NULL AND confirmedAt IS NOT NULL
            ELSE 0 END)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX fileExternalID ON file(externalID);

        -- What adopted things are called in CDF, by the id that drop360 would have given them. `files` are the ids of an image's files.
        CREATE TABLE standingID (
          kind TEXT NOT NULL CHECK (kind IN ('collection', 'station', 'image')),
          template TEXT NOT NULL CHECK (template <> ''),
          standing TEXT NOT NULL CHECK (standing <> ''),
          files TEXT CHECK ((kind = 'image') = (files IS NOT NULL) AND (files IS NULL OR json_valid(files))),
          PRIMARY KEY (kind, template)
        ) STRICT, WITHOUT ROWID;

        -- The contents that stand in CDF, or are on their way there: what identity is decided by.
        CREATE VIEW liveContent AS
          SELECT content.*, item.inbox, item.path, item.state
          FROM content JOIN item ON item.id = content.item
          WHERE (content.deliveredAt IS NOT NULL AND content.supersededAt IS NULL AND content.retractedAt IS NULL)
             OR (item.digest = content.digest AND item.sameAs IS NULL
                 AND item.state IN ('accepted', 'uploading', 'uploaded', 'processing', 'failed'));
        """

    /// What lists are searched by: paths, names and ids.
    ///
    /// Items are added to the index many at a time; until then they are in `searchDue` and are compared one by one.
    private static let search = """
        CREATE VIRTUAL TABLE searchText USING fts5(text, tokenize = 'trigram', detail = none);
        CREATE TABLE searchDue (item INTEGER PRIMARY KEY REFERENCES item(id)) STRICT;
        CREATE TRIGGER searchNewItem AFTER INSERT ON item
          BEGIN INSERT INTO searchDue VALUES (NEW.id); END;
        CREATE TRIGGER searchNewContent AFTER INSERT ON content
          BEGIN INSERT INTO searchDue SELECT NEW.item WHERE NEW.item NOT IN (SELECT item FROM searchDue); END;
        CREATE TRIGGER searchNewID AFTER UPDATE OF externalID ON content WHEN OLD.externalID <> NEW.externalID
          BEGIN INSERT INTO searchDue SELECT NEW.item WHERE NEW.item NOT IN (SELECT item FROM searchDue); END;
        """

    private static let retractions = """
        -- An image that an operator wants to be deleted in CDF, until that is done. By external id: whichever contents had it.
        CREATE TABLE retraction (
          externalID TEXT PRIMARY KEY CHECK (externalID <> ''),
          item INTEGER NOT NULL,
          digest TEXT NOT NULL,
          withFiles INTEGER NOT NULL CHECK (withFiles IN (0, 1)),
          requestedAt INTEGER NOT NULL,
          imageGoneAt INTEGER,
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
          notBefore INTEGER NOT NULL,
          -- Why it is not tried any more.
          failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
          FOREIGN KEY (item, digest) REFERENCES content(item, digest)
        ) STRICT, WITHOUT ROWID;
        """

    private static let uploads = """
        -- CDF's permission to send one file in parts. Whoever knows an address may write there: they are in no log and no report.
        CREATE TABLE uploadSession (
          item INTEGER NOT NULL,
          digest TEXT NOT NULL,
          role TEXT NOT NULL,
          uploadID TEXT NOT NULL CHECK (uploadID <> ''),
          receipt INTEGER NOT NULL,
          partSize INTEGER NOT NULL CHECK (partSize > 0),
          parts INTEGER NOT NULL CHECK (parts > 0),
          addresses TEXT NOT NULL CHECK (json_valid(addresses) AND json_array_length(addresses) = parts),
          uploadedBefore INTEGER,
          begunAt INTEGER NOT NULL,
          PRIMARY KEY (item, digest, role),
          FOREIGN KEY (item, digest, role) REFERENCES file(item, digest, role)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX uploadSessionBegun ON uploadSession(begunAt);

        -- One part: what it must be, and when CDF took it.
        CREATE TABLE filePart (
          item INTEGER NOT NULL,
          digest TEXT NOT NULL,
          role TEXT NOT NULL,
          number INTEGER NOT NULL CHECK (number >= 0),
          sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
          sentAt INTEGER,
          PRIMARY KEY (item, digest, role, number),
          FOREIGN KEY (item, digest, role) REFERENCES uploadSession(item, digest, role) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        -- Whoever writes: no session outlives the need for it.
        CREATE TRIGGER partsOfSentFile AFTER UPDATE OF state ON file WHEN NEW.state <> 'pending'
          BEGIN DELETE FROM uploadSession WHERE item = NEW.item AND digest = NEW.digest AND role = NEW.role; END;
        CREATE TRIGGER partsOfLeftContent AFTER UPDATE OF digest ON item
          WHEN OLD.digest IS NOT NULL AND OLD.digest IS NOT NEW.digest
          BEGIN DELETE FROM uploadSession WHERE item = OLD.id AND digest = OLD.digest; END;
        """

    private static let handOvers = """
        -- How a content becomes a 3D revision. By content, whichever items have it: CDF makes one revision of each.
        CREATE TABLE handOver (
          digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
          attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
          model INTEGER,
          note TEXT,
          intendedAt INTEGER CHECK (intendedAt IS NULL OR (model IS NOT NULL AND revision IS NULL)),
          revision INTEGER CHECK (revision IS NULL OR model IS NOT NULL),
          file INTEGER,
          -- A later revision of the same file, from other content that it had meanwhile.
          newer INTEGER CHECK (newer IS NULL OR revision IS NOT NULL),
          status TEXT,
          hasFailed INTEGER NOT NULL DEFAULT 0 CHECK (hasFailed = 0 OR (hasFailed = 1 AND revision IS NOT NULL)),
          log TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(log))
        ) STRICT, WITHOUT ROWID;

        -- A 3D model that was about to be created: until it is found, it may exist.
        CREATE TABLE modelIntent (name TEXT PRIMARY KEY CHECK (name <> ''), at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        -- The 3D model that a collection of images belongs to: `number` is CDF's; once it is settled, nothing is left to do.
        CREATE TABLE collectionModel (
          space TEXT NOT NULL CHECK (space <> ''),
          collection TEXT NOT NULL CHECK (collection <> ''),
          intendedAt INTEGER,
          number INTEGER,
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
          trouble TEXT,
          notBefore INTEGER NOT NULL,
          settledAt INTEGER,
          PRIMARY KEY (space, collection)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX collectionModelDue ON collectionModel(notBefore) WHERE settledAt IS NULL;
        """

    private static let daemon = """
        -- What the daemon reports about itself, for commands in other processes.
        CREATE TABLE daemon (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """
}
