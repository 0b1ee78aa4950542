/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of a weird by its name: most are written, some never, some once a day.
 *
 * @see "Zeek: scripts/base/frameworks/notice/weird.zeek, Weird::actions"
 */
enum WeirdAction {
  /** Written; then silent for ten minutes for the same identifier. */
  LOG(TimeUnit.MINUTES.toNanos(10)),
  /** Never written. */
  IGNORE(0),
  /** Written once a day for each originator. */
  LOG_PER_ORIGINATOR(TimeUnit.DAYS.toNanos(1)),
  /** Written once a day for the two addresses and ports of a connection. */
  LOG_PER_CONNECTION(TimeUnit.DAYS.toNanos(1)),
  /** As for each originator, and marked as a notice. */
  NOTICE_PER_ORIGINATOR(TimeUnit.DAYS.toNanos(1));

  private static final Map<String, WeirdAction> BY_NAME = new HashMap<>();

  static {
    name(
        IGNORE,
        "unsolicited_SYN_response",
        "FIN_after_reset",
        "spontaneous_FIN",
        "spontaneous_RST",
        "podtap_not_ip");
    name(
        LOG_PER_ORIGINATOR,
        "bad_ICMP_checksum",
        "bad_TCP_checksum",
        "bad_UDP_checksum",
        "bad_IP_checksum",
        "connection_originator_SYN_ack",
        "DNS_label_forward_compress_offset",
        "DNS_label_len_gt_name_len",
        "DNS_label_len_gt_pkt",
        "DNS_label_too_long",
        "excessively_small_fragment",
        "fragment_inconsistency",
        "fragment_overlap",
        "fragment_size_inconsistency",
        "SYN_with_data",
        "UDP_datagram_length_mismatch",
        "SSH_max_packet_length_exceeded",
        "SSH_max_string_length_exceeded",
        "bad_RPC",
        "excess_RPC",
        "originator_RPC_reply",
        "partial_RPC",
        "responder_RPC_call");
    name(
        LOG_PER_CONNECTION,
        "FTP_max_command_length_exceeded",
        "FTP_too_many_pending_commands",
        "FTP_user_too_long",
        "FTP_reply_msg_too_long",
        "FTP_arg_too_long",
        "FTP_password_too_long",
        "simultaneous_open",
        "smtp_mail_transaction_invalid",
        "smtp_excessive_invalid_mail_transactions",
        "smb_tree_connect_andx_response_without_tree");
    name(
        NOTICE_PER_ORIGINATOR,
        "SYN_after_partial",
        "FIN_storm",
        "successful_RPC_reply_to_invalid_request");
  }

  private final long silenceNs;

  WeirdAction(long silenceNs) {
    this.silenceNs = silenceNs;
  }

  private static void name(WeirdAction action, String... names) {
    for (String name : names) {
      BY_NAME.put(name, action);
    }
  }

  /** Returns what becomes of the weird of this name. */
  static WeirdAction of(String name) {
    return BY_NAME.getOrDefault(name, LOG);
  }

  /** Returns how long the same weird is silent after a record, in nanoseconds. */
  long silenceNs() {
    return silenceNs;
  }

  /** Returns whether the originator alone tells what is the same weird. */
  boolean isPerOriginator() {
    return this == LOG_PER_ORIGINATOR || this == NOTICE_PER_ORIGINATOR;
  }
}
