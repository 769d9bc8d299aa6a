-- SPDX-License-Identifier: Apache-2.0
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE target (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    fingerprint INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    standing TEXT NOT NULL,
    stale INTEGER NOT NULL,
    since_ns INTEGER NOT NULL,
    verdict_ns INTEGER,
    verdict_age_ns INTEGER,
    failures INTEGER NOT NULL,
    last_failure TEXT,
    last_warning TEXT,
    breaker TEXT NOT NULL,
    breaker_since_ns INTEGER NOT NULL,
    breaker_left_ns INTEGER,
    openings INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    breaker_reason TEXT,
    open_reason TEXT,
    cause TEXT,
    operator_reason TEXT,
    operator_name TEXT,
    saved_ns INTEGER NOT NULL,
    saved_instant_ns INTEGER NOT NULL,
    saved_boot INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    gone_ns INTEGER
);
INSERT INTO target VALUES(1,'checkout',4294967294,41,'unhealthy',1,1799999999000000001,1800000000000000000,1500000000,3,'status: 500, expected 200-299 – größer','','forcedOpen',-5,90000000000,4,9223372036854775807,'by alice','3 consecutive failures','status: 500','database upgrade','alice',1800000000000000000,1000000000000,1,4063638465,NULL);
INSERT INTO target VALUES(2,'search',4294967294,8,'unhealthy',1,1799999999000000001,1800000000000000000,0,3,'status: 500, expected 200-299 – größer','','forcedOpen',-5,90000000000,4,9223372036854775807,'by alice','3 consecutive failures','status: 500','database upgrade','alice',1800000000000000000,1000000000000,1,2295878308,NULL);
CREATE TABLE heard (chunk INTEGER PRIMARY KEY, heard BLOB NOT NULL);
INSERT INTO heard VALUES(0,X'0180c8ffbd8ecfb8fd1880e8c3c5b21d0101ec5929020009b0a1da22');
CREATE TABLE change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ns INTEGER NOT NULL,
    target TEXT,
    old_state TEXT NOT NULL,
    new_state TEXT NOT NULL,
    old_status TEXT NOT NULL,
    new_status TEXT NOT NULL,
    reason TEXT NOT NULL
);
INSERT INTO change VALUES(1,1800000000000000000,'checkout','closed','open','healthy','unhealthy','3 consecutive failures: connect refused');
CREATE TABLE minute (slot INTEGER PRIMARY KEY, rollups BLOB NOT NULL);
INSERT INTO minute VALUES(31457280000000,X'0102010a01010774696d656f757401e05d00e05d10019415e17d');
CREATE TABLE hour (slot INTEGER PRIMARY KEY, rollups BLOB NOT NULL);
CREATE TABLE maintenance (id INTEGER PRIMARY KEY, entry BLOB NOT NULL);
INSERT INTO maintenance VALUES(1,X'018080d09de9ceb8fd1880a094a58d1d8080d09de9ceb8fd180180c0e285e36805756964203001300106736561726368000012f2669e');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('target',2);
INSERT INTO sqlite_sequence VALUES('change',1);
CREATE INDEX target_gone ON target (gone_ns) WHERE gone_ns IS NOT NULL;
COMMIT;
PRAGMA application_id = 1113019220;
PRAGMA user_version = 1;
