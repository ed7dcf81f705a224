-- The search finds news too: its rows are added to what the view says, whose columns stay.
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW symposium_search_source AS '
        || rtrim(pg_get_viewdef('symposium_search_source'), ';')
        || $news$
        UNION ALL SELECT
            'news', news.id, news.edition_id, news.published_at,
            coalesce(news.title_fr, ''),
            coalesce(news.title_en, ''),
            coalesce(news.title_ar, ''),
            '', '', '',
            coalesce(regexp_replace(news.body_fr, '!?\[([^\]]*)\]\([^)]*\)', '\1', 'g'), ''),
            coalesce(regexp_replace(news.body_en, '!?\[([^\]]*)\]\([^)]*\)', '\1', 'g'), ''),
            coalesce(regexp_replace(news.body_ar, '!?\[([^\]]*)\]\([^)]*\)', '\1', 'g'), '')
        FROM symposium_editions_news news $news$;
END
$$;

CREATE TRIGGER search_insert AFTER INSERT ON symposium_editions_news
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_follow_thing('news');
CREATE TRIGGER search_update AFTER UPDATE ON symposium_editions_news
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_follow_thing('news');
CREATE TRIGGER search_delete AFTER DELETE ON symposium_editions_news
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_follow_thing('news');
CREATE TRIGGER search_truncate AFTER TRUNCATE ON symposium_editions_news
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_follow_thing('news');

SELECT symposium_search_refresh('news', ARRAY(SELECT id FROM symposium_editions_news));
