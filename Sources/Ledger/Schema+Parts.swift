extension Schema {
    /// Faces that are sent in parts.
    ///
    /// Times are milliseconds since 1970, UTC.
    static let parts = """
        -- CDF's leave to send one face in parts. The addresses are permissions to write: they are in no log and no report.
        CREATE TABLE partUpload (
          station INTEGER NOT NULL,
          digest TEXT NOT NULL,
          face TEXT NOT NULL,
          uploadID TEXT NOT NULL CHECK (uploadID <> ''),
          receipt INTEGER NOT NULL,
          partSize INTEGER NOT NULL CHECK (partSize > 0),
          parts INTEGER NOT NULL CHECK (parts > 0),
          addresses TEXT NOT NULL CHECK (json_valid(addresses) AND json_array_length(addresses) = parts),
          uploadedBefore INTEGER,
          begunAt INTEGER NOT NULL,
          PRIMARY KEY (station, digest, face),
          FOREIGN KEY (station, digest, face) REFERENCES face(station, digest, face)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX partUploadBegun ON partUpload(begunAt);

        -- One part: what it must be, and when CDF took it.
        CREATE TABLE part (
          station INTEGER NOT NULL,
          digest TEXT NOT NULL,
          face TEXT NOT NULL,
          number INTEGER NOT NULL CHECK (number >= 0),
          sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
          sentAt INTEGER,
          PRIMARY KEY (station, digest, face, number),
          FOREIGN KEY (station, digest, face) REFERENCES partUpload(station, digest, face) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        -- Whoever writes: no session outlives the need for it.
        CREATE TRIGGER partsOfSentFace AFTER UPDATE OF state ON face WHEN NEW.state <> 'pending'
          BEGIN DELETE FROM partUpload WHERE station = NEW.station AND digest = NEW.digest AND face = NEW.face; END;
        CREATE TRIGGER partsOfLeftContent AFTER UPDATE OF digest ON station
          WHEN OLD.digest IS NOT NULL AND OLD.digest IS NOT NEW.digest
          BEGIN DELETE FROM partUpload WHERE station = OLD.id AND digest = OLD.digest; END;
        """
}
