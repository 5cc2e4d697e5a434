import GRDB

/// The ledger's tables.
///
/// Migrations are frozen SQL that names no Swift type; a change is a new migration.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 stations") { db in try db.execute(sql: stations) }
        migrator.registerMigration("2 a whole season") { db in try db.execute(sql: season) }
        migrator.registerMigration("3 parts") { db in try db.execute(sql: parts) }
        migrator.registerMigration("4 turns and reports") { db in try db.execute(sql: turns) }
        migrator.registerMigration("5 report folders") { db in try db.execute(sql: reportFolders) }
        return migrator
    }

    /// The folder of a report that could not be written where it belongs.
    private static let reportFolders = """
        ALTER TABLE station ADD COLUMN reportFolder TEXT;
        CREATE INDEX stationReportFolder ON station(inbox, reportFolder) WHERE reportFolder IS NOT NULL;
        """

    /// Whose turn it is is told by an index, however many wait; a station on its way has no report, so that only where one of an earlier
    /// state is to go there is something to do.
    private static let turns = """
        ALTER TABLE station ADD COLUMN corrects INTEGER NOT NULL DEFAULT 0 CHECK (corrects IN (0, 1));
        CREATE INDEX stationTurn ON station(inbox, attempts, corrects, id) WHERE state = 'accepted' AND sameAs IS NULL;
        DROP INDEX stationUnreported;
        CREATE INDEX stationToReport ON station(id)
          WHERE reportedRevision < revision
            AND (state NOT IN ('accepted', 'uploading', 'uploaded') OR report IS NOT NULL);
        """

    /// What is asked again and again must not read every row of a hundred thousand stations.
    private static let season = """
        CREATE INDEX stationState ON station(state);
        CREATE INDEX stationChanged ON station(changedAt, id);
        CREATE INDEX stationLookAgain ON station(id) WHERE stamp = 'look again';
        """

    /// Times are milliseconds since 1970, UTC.
    ///
    /// `digest` is the content digest that the state speaks of.
    private static let stations = """
        CREATE TABLE station (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          inbox TEXT NOT NULL,
          path TEXT NOT NULL CHECK (path <> ''),
          stamp TEXT NOT NULL,
          state TEXT NOT NULL,
          digest TEXT,
          problems TEXT CHECK (problems IS NULL OR json_valid(problems)),
          notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes)),
          failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
          sameAs INTEGER REFERENCES station(id) CHECK (sameAs IS NULL OR sameAs <> id),
          mayReplace INTEGER NOT NULL DEFAULT 0 CHECK (mayReplace IN (0, 1)),
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
          resends INTEGER NOT NULL DEFAULT 0 CHECK (resends >= 0),
          notBefore INTEGER NOT NULL,
          firstSeen INTEGER NOT NULL,
          changedAt INTEGER NOT NULL,
          registeredAt INTEGER,
          revision INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
          reportedRevision INTEGER NOT NULL DEFAULT 0 CHECK (reportedRevision <= revision),
          report TEXT,
          UNIQUE (inbox, path),
          FOREIGN KEY (id, digest) REFERENCES capture(station, digest) DEFERRABLE INITIALLY DEFERRED,
          CHECK (CASE state
            WHEN 'incomplete' THEN digest IS NULL AND problems IS NOT NULL AND failure IS NULL AND sameAs IS NULL
            WHEN 'accepted'   THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL
            WHEN 'uploading'  THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
            WHEN 'uploaded'   THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
            WHEN 'registered' THEN digest IS NOT NULL AND problems IS NULL AND failure IS NULL AND registeredAt IS NOT NULL
            WHEN 'rejected'   THEN digest IS NULL AND coalesce(json_array_length(problems), 0) > 0 AND failure IS NULL
                                   AND sameAs IS NULL
            WHEN 'failed'     THEN digest IS NOT NULL AND problems IS NULL AND failure IS NOT NULL AND sameAs IS NULL
            WHEN 'withdrawn'  THEN digest IS NULL AND problems IS NULL AND failure IS NULL AND sameAs IS NULL
            ELSE 0 END)
        ) STRICT;
        CREATE INDEX stationDue ON station(state, notBefore) WHERE state IN ('accepted', 'uploading', 'uploaded');
        CREATE INDEX stationUnreported ON station(id) WHERE reportedRevision < revision;
        CREATE INDEX stationSameAs ON station(sameAs) WHERE sameAs IS NOT NULL;

        -- One accepted content of one station's folder. Corrections add a row; none is ever removed.
        CREATE TABLE capture (
          station INTEGER NOT NULL REFERENCES station(id),
          digest TEXT NOT NULL CHECK (length(digest) = 64),
          collectionID TEXT NOT NULL,
          stationID TEXT NOT NULL,
          imageID TEXT NOT NULL,
          content TEXT NOT NULL CHECK (json_valid(content)),
          acceptedAt INTEGER NOT NULL,
          deliveredAt INTEGER,
          supersededAt INTEGER CHECK (supersededAt IS NULL OR deliveredAt IS NOT NULL),
          PRIMARY KEY (station, digest)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX captureImage ON capture(imageID);
        CREATE INDEX captureStation ON capture(stationID);
        CREATE INDEX captureCollection ON capture(collectionID);
        CREATE INDEX captureDigest ON capture(digest);

        -- One face of one accepted content: what is to be sent, and the receipt for it.
        CREATE TABLE face (
          station INTEGER NOT NULL,
          digest TEXT NOT NULL,
          face TEXT NOT NULL CHECK (face IN ('front', 'back', 'left', 'right', 'top', 'bottom')),
          fileID TEXT NOT NULL,
          size INTEGER NOT NULL CHECK (size > 0),
          sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
          state TEXT NOT NULL,
          receipt INTEGER,
          sentAt INTEGER,
          confirmedAt INTEGER,
          PRIMARY KEY (station, digest, face),
          FOREIGN KEY (station, digest) REFERENCES capture(station, digest),
          CHECK (CASE state
            WHEN 'pending'   THEN receipt IS NULL AND sentAt IS NULL AND confirmedAt IS NULL
            WHEN 'sent'      THEN receipt IS NOT NULL AND sentAt IS NOT NULL AND confirmedAt IS NULL
            WHEN 'confirmed' THEN receipt IS NOT NULL AND sentAt IS NOT NULL AND confirmedAt IS NOT NULL
            ELSE 0 END)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX faceFile ON face(fileID);

        -- What happened to each station, in order. Rows are only ever added.
        CREATE TABLE history (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          station INTEGER NOT NULL REFERENCES station(id),
          at INTEGER NOT NULL,
          event TEXT NOT NULL,
          state TEXT NOT NULL,
          detail TEXT
        ) STRICT;
        CREATE INDEX historyStation ON history(station, id);
        CREATE TRIGGER historyIsFinal BEFORE UPDATE ON history
          BEGIN SELECT RAISE(ABORT, 'the history is only ever added to'); END;
        CREATE TRIGGER historyStays BEFORE DELETE ON history
          BEGIN SELECT RAISE(ABORT, 'the history is only ever added to'); END;

        -- What the daemon says of itself, for commands in other processes.
        CREATE TABLE daemon (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        -- The contents that stand in CDF, or are on their way there: what identity is decided by.
        CREATE VIEW liveCapture AS
          SELECT capture.*, station.inbox, station.path, station.state
          FROM capture JOIN station ON station.id = capture.station
          WHERE (capture.deliveredAt IS NOT NULL AND capture.supersededAt IS NULL)
             OR (station.digest = capture.digest AND station.sameAs IS NULL
                 AND station.state IN ('accepted', 'uploading', 'uploaded', 'failed'));
        """
}
