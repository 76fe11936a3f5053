-- A population at work, made where it lives. pg_temp.seed, one row, says how many and for whom.
-- Everybody is number n; what is sealed opens, since one key was made for all of them.

CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT md5(kind || n)::uuid $$;

CREATE FUNCTION pg_temp.chat(n bigint) RETURNS bytea LANGUAGE sql IMMUTABLE
AS $$ SELECT sha256(('chat ' || n)::bytea) $$;

CREATE TEMP TABLE person AS
SELECT n, organisation_id, staff_id, colleague_id, wrapped, chat, body, notice,
       now() - n % 700 * interval '1 day' AS since,
       (ARRAY['AL', 'MA', 'UA', 'GE', 'IQ'])[1 + n % 5] AS country,
       (ARRAY['sq', 'fr', 'uk', 'ru', 'ar'])[1 + n % 5] AS language,
       -- Where it is about noon now, so that what is due may go at whatever hour this is run.
       'Etc/GMT' || to_char(extract(hour FROM now() AT TIME ZONE 'UTC') - 12, 'SGFM90') AS zone,
       n <= open_cases AS in_need,
       n % helped_one_in = 0 AS helped,
       -- One in five wrote, and was written to, within two days.
       n % 5 = 1 AS active
FROM pg_temp.seed, generate_series(1, people) n;

ANALYZE person;

INSERT INTO data_key (id, epoch, wrapped)
SELECT pg_temp.id('key', n), 1, wrapped FROM person;

INSERT INTO invite (id, organisation_id, code_hash, issued_at, expires_at, used_at)
SELECT pg_temp.id('invite', n), organisation_id, sha256(('code ' || n)::bytea), since, since, since
FROM person;

INSERT INTO returnee
    (id, data_key_id, chat, chat_key, language, country, time_zone, age_band, discretion, created_at,
     last_wrote_at, paused_until, blocked_at, notice_version)
SELECT pg_temp.id('person', n), pg_temp.id('key', n), chat, pg_temp.chat(n), language, country, zone,
       CASE WHEN n % 50 = 0 THEN '15-17' ELSE 'adult' END,
       CASE WHEN n % 10 = 5 THEN 'watched' ELSE 'open' END, since, now() - n % 90 * interval '1 day',
       CASE WHEN n % 100 = 51 THEN now() + interval '9 days' END,
       CASE WHEN n % 100 = 61 THEN now() - interval '9 days' END, notice
FROM person;

INSERT INTO safety (returnee_id) SELECT pg_temp.id('person', n) FROM person;

INSERT INTO enrolment (id, returnee_id, organisation_id, pseudonym, invite_id, from_at)
SELECT pg_temp.id('enrolment', n), pg_temp.id('person', n), organisation_id,
       left(md5('name' || n), 4) || n, pg_temp.id('invite', n), since
FROM person;

INSERT INTO consent (id, returnee_id, purpose, granted, notice_version, language, given_at)
SELECT pg_temp.id(purpose, n), pg_temp.id('person', n), purpose, n % 20 <> 7, 'notice-1', language, since
FROM person, unnest(ARRAY['check-ins', 'caseworker', 'answers']) purpose;

-- Asked anew after the journey; of some the time to answer is over, or they are to be asked.
INSERT INTO renewal (returnee_id, reason, since, asked_at, look_at)
SELECT pg_temp.id('person', n), 'arrived', now() - interval '9 days', now() - interval '9 days',
       now() + CASE WHEN n % 40 = 3 AND n <= 1000 THEN interval '-1 minute' ELSE n % 20 * interval '1 day' END
FROM person WHERE n % 4 = 3;

INSERT INTO campaign
    (id, organisation_id, name, questionnaire, "group", local_time, state, created_at, started_at, planned_at)
SELECT pg_temp.id('campaign', month), organisation_id, 'Month ' || month, 'safety-and-needs',
       '{"countries": [], "languages": []}', '2026-01-01T18:00', 'running', now(), now(), now()
FROM pg_temp.seed, generate_series(-1, 1) month;

-- Answered and silent ones of two months, some that are still silent, and the month to come.
INSERT INTO check_in
    (id, organisation_id, returnee_id, campaign_id, version, questionnaire, state, due_at, expires_at,
     sent_at, silent_at, answered_at)
SELECT pg_temp.id('check-in ' || month, n), organisation_id, pg_temp.id('person', n),
       pg_temp.id('campaign', month), 1, 'safety-and-needs@1',
       CASE WHEN month = 1 THEN 'planned' WHEN n % 50 = month + 1 THEN 'sent'
            WHEN n % 3 = 0 THEN 'silent' ELSE 'answered' END,
       due_at, due_at + interval '1 day', CASE WHEN month < 1 THEN due_at END,
       CASE WHEN month < 1 THEN now() + (1440 + n % 1000) * interval '1 minute' END,
       CASE WHEN month < 1 THEN due_at END
FROM person, generate_series(-1, 1) month,
     LATERAL (SELECT now() + (month * 30 - 1) * interval '1 day'
                           + n % 40000 * interval '1 minute' * greatest(month, 0) AS due_at);

-- What one in five said to the last of them, question by question.
INSERT INTO answer (id, check_in_id, organisation_id, returnee_id, question, body, at)
SELECT pg_temp.id('answer ' || question, n), pg_temp.id('check-in 0', n), organisation_id,
       pg_temp.id('person', n), 'q' || question, body, since
FROM person, generate_series(1, 3) question
WHERE n % 5 = 0;

CREATE TEMP TABLE trouble AS
SELECT n, organisation_id, staff_id, colleague_id, body, language, in_need AS open, pg_temp.id('case', n) AS id,
       CASE WHEN in_need THEN now() - n % 3000 * interval '1 minute' ELSE since END AS at
FROM person WHERE in_need OR helped;

INSERT INTO "case"
    (id, code, organisation_id, returnee_id, state, severity, language, opened_at, came_at, deadline_at,
     first_action_at, claimed_by, claimed_at, alerts_sent, next_alert_at, resolved_at, outcome)
SELECT id, 'C-' || n, organisation_id, pg_temp.id('person', n),
       CASE WHEN NOT open THEN 'resolved' WHEN n % 3 = 0 THEN 'waiting' ELSE 'open' END,
       (ARRAY['concern', 'urgent', 'emergency'])[1 + n % 3], language, at, at, at + interval '1 hour',
       -- Whoever looks has fifty of them: nobody has more because a team does.
       at, CASE WHEN open AND n % 3 = 0
                THEN CASE WHEN n % 6 = 0 AND n <= 300 THEN staff_id ELSE colleague_id END END,
       at, 1,
       CASE WHEN open THEN now() + (1440 + n % 1000) * interval '1 minute' END,
       CASE WHEN NOT open THEN at + interval '1 day' END, CASE WHEN NOT open THEN 'helped' END
FROM trouble;

INSERT INTO wait (id, case_id, organisation_id, severity, began_at, due_at, acted_at, closed_at)
SELECT pg_temp.id('wait', n), id, organisation_id, 'urgent', at, at + interval '1 hour', at,
       CASE WHEN NOT open THEN at + interval '1 day' END
FROM trouble;

INSERT INTO case_event (id, case_id, organisation_id, kind, at, severity, reasons)
SELECT pg_temp.id('event ' || kind, n), id, organisation_id, kind, at, 'urgent',
       '["threat.urgent.threatened"]'
FROM trouble, unnest(ARRAY['opened', 'alerted', 'signal']) kind;

-- Whoever was helped was referred to somebody, too; of some it is time to ask whether that came.
INSERT INTO referral
    (id, case_id, returnee_id, organisation_id, partner_id, mail_partner_id, state, fields, joint_days,
     made_at, look_at, alert_at)
SELECT pg_temp.id('referral', n), id, pg_temp.id('person', n), organisation_id,
       CASE WHEN NOT by_mail THEN organisation_id END, CASE WHEN by_mail THEN pg_temp.id('partner', 1) END,
       CASE WHEN offered THEN 'offered' WHEN n % 3 = 0 AND NOT due THEN 'handed-over' ELSE 'rejected' END,
       '[]', 0, at, CASE WHEN due THEN now() - interval '1 hour'
                         WHEN offered THEN now() + interval '1 day' END,
       CASE WHEN offered THEN now() + interval '1 hour' END
FROM trouble, LATERAL (SELECT n % 10 = 5 AS by_mail, n % 50 = 5 AND n <= 1000 AS offered,
                              n % 50 = 0 AND n <= 1000 AS due);

INSERT INTO mail_partner (id, organisation_id, name, language, card, added_at)
SELECT pg_temp.id('partner', 1), organisation_id, 'Shelter', 'sq', chat, now() FROM pg_temp.seed;

INSERT INTO mail_link (id, referral_id, token_hash, mail_at, mailed_at)
SELECT pg_temp.id('link', n), pg_temp.id('referral', n), sha256(('token ' || n)::bytea),
       CASE WHEN due THEN now() - interval '1 minute' END, CASE WHEN NOT due THEN at END
FROM trouble, LATERAL (SELECT n % 50 = 5 AND n <= 1000 AS due);

-- A net that is down: what waits to be tried again through channels.
INSERT INTO alert_channel (id, organisation_id, scheme, address, created_at)
SELECT pg_temp.id('channel', n), organisation_id, 'json', chat, now()
FROM pg_temp.seed, generate_series(0, 2) n;

INSERT INTO channel_call
    (id, organisation_id, channel_id, notice, params, language, created_at, attempts, next_try_at)
SELECT pg_temp.id('call', n), organisation_id, pg_temp.id('channel', n % 3), 'staff-channel-tried', '{}', 'en',
       now() - n * interval '200 milliseconds', 3,
       now() + CASE WHEN n <= 100 THEN interval '-1 minute' ELSE interval '9 hours' END
FROM pg_temp.seed, generate_series(1, 12000) n;

INSERT INTO case_task
    (id, case_id, organisation_id, returnee_id, kind, staff_id, asked_by, asked_at, due_at, done_at, done_by)
SELECT pg_temp.id('owed', n), id, organisation_id, pg_temp.id('person', n),
       CASE WHEN n % 20 = 0 THEN 'debrief' ELSE 'task' END, CASE WHEN n % 2 = 0 THEN staff_id ELSE colleague_id END,
       staff_id, at, at + interval '1 day', CASE WHEN NOT open OR n % 10 > 0 THEN at END, CASE WHEN NOT open OR n % 10 > 0 THEN staff_id END
FROM trouble;

INSERT INTO outbox
    (id, organisation_id, lane, chat, notice_class, priority, state, returnee_id, case_id, created_at,
     not_before, finished_at, message_id)
SELECT pg_temp.id('words', n), organisation_id, pg_temp.chat(n), ''::bytea, 'human', 0, 'sent',
       pg_temp.id('person', n), id, at, at, at, n
FROM trouble;

INSERT INTO message
    (id, case_id, organisation_id, returnee_id, direction, kind, at, body, outbox_id)
SELECT pg_temp.id('message ' || direction, n), id, organisation_id, pg_temp.id('person', n), direction,
       'text', at, body, CASE direction WHEN 'to-returnee' THEN pg_temp.id('words', n) END
FROM trouble, unnest(ARRAY['from-returnee', 'to-returnee']) direction;

-- What the night holds back, and what two days have left behind.
INSERT INTO outbox
    (id, organisation_id, lane, chat, content, notice_class, priority, state, returnee_id, created_at,
     not_before, held, finished_at)
SELECT pg_temp.id('out', n), organisation_id, pg_temp.chat(n), chat,
       CASE WHEN n % 25 = 2 THEN chat END, 'routine', 9, CASE WHEN n % 25 = 2 THEN 'held' ELSE 'sent' END,
       pg_temp.id('person', n), now(), now() + interval '5 hours',
       CASE WHEN n % 25 = 2 THEN 'window' END,
       CASE WHEN n % 25 <> 2 THEN now() - n % 47 * interval '1 hour' END
FROM person WHERE active OR n % 25 = 2;

-- Whoever was written to within the hour, and within the one before, whose time has come: as many
-- as Telegram lets us write to, however many people there are.
INSERT INTO outbox_lane (lane, open_at)
SELECT pg_temp.chat(n), now() - n % 2 * interval '2 hours' FROM person WHERE active AND n <= 1000;

INSERT INTO inbox (update_id, lane, arrived_at, watched_at, handled_at)
SELECT 2000000000000 + n, pg_temp.chat(n), at, at, at
FROM person, LATERAL (SELECT now() - n % 47 * interval '1 hour' AS at) WHERE active;

INSERT INTO trace (id, chat_key, message_id, sent_at)
SELECT pg_temp.id('trace', n), pg_temp.chat(n), n, now() - n % 46 * interval '1 hour'
FROM person WHERE active;

INSERT INTO dialog_state (key, data, changed_at)
SELECT pg_temp.chat(n), chat, now() - n % 47 * interval '1 hour' FROM person WHERE n % 50 = 4;

-- A year on a pathway: what it told them, and what it asks of the team.
INSERT INTO on_pathway (returnee_id, organisation_id, pathway, since, stage_until)
SELECT pg_temp.id('person', n), organisation_id, 'three-months', since, now() + interval '1 year'
FROM person;

INSERT INTO information
    (id, organisation_id, returnee_id, pathway, version, step, state, planned_for, due_at, expires_at)
SELECT pg_temp.id('information', n), organisation_id, pg_temp.id('person', n), 'three-months', 1,
       'arrival.there', CASE WHEN due THEN 'planned' ELSE 'sent' END, at, at, at + interval '9 days'
FROM person, LATERAL (SELECT n % 50 = 0 AND n <= 1000 AS due),
     LATERAL (SELECT CASE WHEN due THEN now() ELSE since END AS at);

INSERT INTO task (id, organisation_id, returnee_id, pathway, version, step, due_at, done_at, done_by)
SELECT pg_temp.id('task', n), organisation_id, pg_temp.id('person', n), 'three-months', 1, 'arrival.there',
       since, CASE WHEN n % 100 > 0 THEN since END, CASE WHEN n % 100 > 0 THEN staff_id END
FROM person;

INSERT INTO audit_entry (organisation_id, at, staff_id, action, subject)
SELECT organisation_id, since, staff_id, 'person.read', pg_temp.id('person', n) FROM person;

-- Two years of shifts of a team that does not grow with its caseload: that is what hurts.
INSERT INTO shift (id, organisation_id, staff_id, starts_at, ends_at)
SELECT pg_temp.id('shift', n), organisation_id, staff_id, at, at + interval '8 hours'
FROM pg_temp.seed, generate_series(1, 10000) n,
     LATERAL (SELECT now() - (n + 9) * interval '2 hours' AS at);

-- What is due this minute: as much however many people there are, and of people of whom the same is
-- true. The last of them have no open case anywhere, which would hold what they are sent.
UPDATE check_in SET due_at = now() - interval '1 minute', expires_at = now() + interval '1 day'
FROM pg_temp.seed, generate_series(401, 500) back
WHERE id = pg_temp.id('check-in 1', people - back);

UPDATE check_in SET state = 'sent', silent_at = now() - interval '1 minute'
FROM pg_temp.seed, generate_series(301, 400) back
WHERE id = pg_temp.id('check-in 0', people - back);

UPDATE "case" SET next_alert_at = now() - interval '1 minute'
FROM generate_series(1, 100) n WHERE id = pg_temp.id('case', n);

INSERT INTO outbox
    (id, organisation_id, lane, chat, content, notice_class, priority, state, returnee_id, created_at,
     not_before)
SELECT pg_temp.id('ready', n), organisation_id, pg_temp.chat(n), chat, chat, 'routine', 9, 'waiting',
       -- Some were put for a stranger who is known by now.
       CASE WHEN n % 10 > 0 THEN pg_temp.id('person', n) END, now(), now()
FROM person WHERE n BETWEEN 701 AND 800;

-- The sweep's: guarded phones, some with what nobody opened, and what is more than two days old.
INSERT INTO trace (id, chat_key, message_id, sent_at, unopened)
SELECT pg_temp.id('old trace', n), pg_temp.chat(n), n, now() - interval '2 days', n % 20 = 5
FROM person WHERE n <= 1000 AND n % 10 = 5;

UPDATE inbox SET handled_at = now() - interval '3 days' WHERE update_id BETWEEN 2000000000001 AND 2000000001000;

UPDATE outbox SET finished_at = now() - interval '3 days'
FROM generate_series(1, 1000) n WHERE id = pg_temp.id('out', n) AND finished_at IS NOT NULL;

ANALYZE;
