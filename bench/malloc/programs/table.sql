-- SPDX-License-Identifier: MIT
-- A workload for run.sh: a table, an index, a join, in memory.
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, size INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < 40000)
INSERT INTO item SELECT i, 'item ' || (i * 7919 % 40000), i % 97 FROM n;
CREATE INDEX by_name ON item(name);
SELECT count(*), sum(a.size) FROM item a JOIN item b
    ON a.name = 'item ' || b.id;
DELETE FROM item WHERE size < 40;
SELECT size, count(*) FROM item GROUP BY size ORDER BY 2 DESC LIMIT 3;
