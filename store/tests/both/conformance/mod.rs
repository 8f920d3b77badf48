//! What every store does: the list below is run on both backends, each case as a test of its own name.
#![allow(clippy::unwrap_used, reason = "cases are tests")]

pub(crate) mod accounts;
pub(crate) mod at_once;
pub(crate) mod audit;
mod cases;
pub(crate) mod chain;
pub(crate) mod history;
pub(crate) mod imports;
pub(crate) mod log;
pub(crate) mod log_chain;
pub(crate) mod log_kept;
pub(crate) mod plans;
pub(crate) mod positions;
pub(crate) mod registry;
pub(crate) mod revisions;
pub(crate) mod roster;
pub(crate) mod settings;
pub(crate) mod whole;

/// All cases, each run by `$run`.
macro_rules! conformance {
    ($run:path) => {
        $crate::conformance::cases! { $run;
            registry {
                every_layer_comes_back
                any_feature_comes_back_exactly
                storing_again_changes_nothing
                of_two_rows_with_one_key_the_later_counts
                two_keys_with_one_number_are_refused_by_name
                one_bad_row_stores_nothing
                a_put_expects_a_revision
                a_removed_feature_leaves_a_tombstone
                a_removal_expects_a_revision
                pages_are_complete_and_in_order
                filling_is_storing_and_a_scan_sees_all
                filling_over_what_is_there_is_refused_whole
                layers_are_counted
                an_attribute_denied_since_is_left_out
                what_cannot_be_read_is_named
            }
            revisions {
                every_written_row_has_its_own
                changes_are_paged_without_a_gap
                each_layer_has_its_newest
                they_survive_a_restart
                writers_at_the_same_time_share_one_counter
                a_tail_misses_nothing
            }
            imports {
                nobody_sees_rows_before_they_are_published
                published_rows_are_as_if_stored
                a_difference_is_told_and_nothing_stays
                what_was_staged_is_found_again
                a_chunk_is_replaced_and_those_beyond_the_end_are_left_out
                a_complete_file_removes_what_it_does_not_hold
                a_complete_file_speaks_for_the_sources_of_its_rows
                an_undo_puts_back_exactly_what_was_there
                an_undo_over_later_edits_is_refused_and_names_them
                imports_are_undone_one_after_the_other
                a_first_import_of_many_rows_is_as_any_other
                of_two_rows_with_one_key_the_later_counts_in_a_first_import
                only_the_last_ten_can_be_undone
                a_number_of_two_keys_stops_the_whole_import
                a_row_that_cannot_be_stored_is_named
            }
            at_once {
                imports_at_once_leave_each_other_alone
                an_import_in_hand_is_nobody_elses
                an_import_in_hand_is_not_thrown_away
            }
            roster {
                units_come_back
                a_unit_is_replaced_by_its_id
                units_are_in_the_order_of_bytes
                one_bad_unit_stores_none
            }
            positions {
                fixes_come_back
                servers_tell_each_other_where_units_are
                the_latest_is_the_newest_by_the_devices_clock
                doubtful_fixes_stay_out_of_the_latest
                a_late_batch_does_not_move_a_unit_back
                a_track_is_cut_by_time_and_number
                what_is_old_is_forgotten
                what_cannot_be_stored_is_refused
            }
            history {
                incidents_come_back
                filling_over_what_is_there_is_refused_whole
                pages_are_complete_and_in_order
                nobody_sees_incidents_before_they_are_published
                staged_incidents_are_found_again_and_those_beyond_the_end_left_out
                an_undo_puts_back_exactly_the_past_that_was
                imports_of_incidents_count_among_the_last_ten
            }
            plans {
                every_version_stays
                a_plan_follows_the_version_that_it_was_made_from
                of_many_who_publish_at_once_each_has_a_version
                the_newest_of_each_are_listed_by_id
                what_is_no_plan_is_refused
            }
            accounts {
                users_come_back
                a_password_opens_and_a_wrong_one_does_not
                an_unknown_name_costs_the_same_work
                a_disabled_user_is_out_at_once
                a_replaced_user_has_to_come_in_again
                a_session_lives_until_it_is_closed
                sessions_are_swept_when_they_expire
                nobody_opens_a_session_for_nobody
                bad_names_are_refused
            }
            audit {
                rows_come_back_with_hashed_objects
                rows_are_chained_without_a_gap
                an_actor_sees_his_rows
                a_clock_set_back_does_not_turn_the_chain
                callers_at_the_same_time_share_one_chain
                a_caller_who_leaves_does_not_stop_the_others
                a_zero_byte_is_refused_alone
            }
            chain {
                an_empty_one_holds
                it_holds_over_pages
                any_changed_column_breaks_it
                a_missing_row_breaks_it
                a_cut_end_breaks_it
                a_forged_row_breaks_it
            }
            log {
                events_come_back
                numbers_have_no_gap_among_many_writers
                what_others_appended_is_seen
                a_long_absence_is_caught_up
                who_is_too_far_behind_reads_first
                a_stream_that_moved_on_is_a_conflict
                of_two_who_want_the_same_one_wins
                a_command_is_answered_once
                what_is_dropped_was_never_there
                a_caller_who_leaves_leaves_all_or_nothing
                a_clock_set_back_does_not_turn_the_log
                what_cannot_be_kept_is_refused
                a_commit_rings_the_bell
            }
            log_chain {
                an_empty_one_holds
                any_changed_column_breaks_it
                a_missing_event_breaks_it
                events_in_another_order_break_it
                a_cut_end_breaks_it
                a_forged_event_breaks_it
                a_flipped_byte_is_named
                what_stands_beside_it_is_compared
            }
            log_kept {
                what_is_sealed_is_opened_and_erased
                the_newest_snapshot_comes_back
                a_damaged_snapshot_gives_way_to_the_one_before
            }
            settings {
                a_setting_is_replaced
                the_first_of_many_wins
            }
            whole {
                it_says_what_it_is
                everything_survives_a_restart
                a_closed_store_says_so
                a_caller_who_leaves_does_not_block_it
                nothing_has_a_name_with_a_zero_byte
            }
        }
    };
}

pub(crate) use cases::cases;
pub(crate) use conformance;
