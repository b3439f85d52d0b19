"""What several pages share: tables of cases, facts of a record, links to exports, bar charts."""
