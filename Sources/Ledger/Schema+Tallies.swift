extension Schema {
    /// What pages show of all items, kept by triggers: nobody counts a hundred thousand items at each look.
    static let tallies = """
        -- How many items of each site, kind and state there are; `site` is empty for those that belong to none.
        CREATE TABLE tally (
          site TEXT NOT NULL,
          kind TEXT NOT NULL,
          state TEXT NOT NULL,
          items INTEGER NOT NULL,
          PRIMARY KEY (site, kind, state)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER tallyNew AFTER INSERT ON item
          BEGIN
            INSERT INTO tally VALUES (coalesce(NEW.site, ''), NEW.kind, NEW.state, 1)
              ON CONFLICT (site, kind, state) DO UPDATE SET items = items + 1;
          END;
        CREATE TRIGGER tallyChanged AFTER UPDATE OF site, kind, state ON item
          WHEN OLD.site IS NOT NEW.site OR OLD.kind <> NEW.kind OR OLD.state <> NEW.state
          BEGIN
            UPDATE tally SET items = items - 1
              WHERE site = coalesce(OLD.site, '') AND kind = OLD.kind AND state = OLD.state;
            INSERT INTO tally VALUES (coalesce(NEW.site, ''), NEW.kind, NEW.state, 1)
              ON CONFLICT (site, kind, state) DO UPDATE SET items = items + 1;
          END;
        CREATE TRIGGER tallyGone AFTER DELETE ON item
          BEGIN
            UPDATE tally SET items = items - 1
              WHERE site = coalesce(OLD.site, '') AND kind = OLD.kind AND state = OLD.state;
          END;

        -- Around the present contents of a site's stations: metres, CDF frame; too wide where one on its edge has left since (`isStale`).
        CREATE TABLE siteExtent (
          site TEXT PRIMARY KEY,
          minX REAL NOT NULL,
          maxX REAL NOT NULL,
          minY REAL NOT NULL,
          maxY REAL NOT NULL,
          isStale INTEGER NOT NULL DEFAULT 0 CHECK (isStale IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER siteExtentChanged AFTER UPDATE OF site, digest ON item
          WHEN OLD.site IS NOT NEW.site OR OLD.digest IS NOT NEW.digest
          BEGIN
            UPDATE siteExtent SET isStale = 1 WHERE site = OLD.site AND isStale = 0 AND EXISTS (
              SELECT 1 FROM content WHERE item = OLD.id AND digest = OLD.digest
                AND (x IN (minX, maxX) OR y IN (minY, maxY)));
            INSERT INTO siteExtent (site, minX, maxX, minY, maxY)
              SELECT NEW.site, x, x, y, y FROM content
              WHERE item = NEW.id AND digest = NEW.digest AND x IS NOT NULL AND NEW.site IS NOT NULL
              ON CONFLICT (site) DO UPDATE SET
                minX = min(minX, excluded.minX), maxX = max(maxX, excluded.maxX),
                minY = min(minY, excluded.minY), maxY = max(maxY, excluded.maxY)
              WHERE excluded.minX < minX OR excluded.maxX > maxX OR excluded.minY < minY OR excluded.maxY > maxY;
          END;
        -- A pose that an operator gave it.
        CREATE TRIGGER siteExtentMoved AFTER UPDATE OF x, y ON content
          WHEN OLD.x IS NOT NEW.x OR OLD.y IS NOT NEW.y
          BEGIN
            UPDATE siteExtent SET isStale = 1
              WHERE site = (SELECT site FROM item WHERE id = NEW.item AND digest = NEW.digest);
          END;

        -- How many contents each collection has ever had: its images are no more.
        CREATE TABLE collectionTally (collection TEXT PRIMARY KEY, contents INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TRIGGER collectionTallyNew AFTER INSERT ON content WHEN NEW.collectionID IS NOT NULL
          BEGIN
            INSERT INTO collectionTally VALUES (NEW.collectionID, 1)
              ON CONFLICT (collection) DO UPDATE SET contents = contents + 1;
          END;
        CREATE TRIGGER collectionTallyChanged AFTER UPDATE OF collectionID ON content
          WHEN OLD.collectionID IS NOT NEW.collectionID
          BEGIN
            UPDATE collectionTally SET contents = contents - 1 WHERE collection = OLD.collectionID;
            INSERT INTO collectionTally SELECT NEW.collectionID, 1 WHERE NEW.collectionID IS NOT NULL
              ON CONFLICT (collection) DO UPDATE SET contents = contents + 1;
          END;
        CREATE TRIGGER collectionTallyGone AFTER DELETE ON content
          BEGIN UPDATE collectionTally SET contents = contents - 1 WHERE collection = OLD.collectionID; END;
        """
}
