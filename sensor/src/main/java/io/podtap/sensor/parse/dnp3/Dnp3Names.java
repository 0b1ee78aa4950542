/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dnp3;

import java.util.List;

/**
 * What functions are called, with Zeek's words.
 *
 * @see "IEEE 1815-2012 section 4.4"
 */
final class Dnp3Names {

  private static final List<String> REQUESTS =
      List.of(
          "CONFIRM",
          "READ",
          "WRITE",
          "SELECT",
          "OPERATE",
          "DIRECT_OPERATE",
          "DIRECT_OPERATE_NR",
          "IMMED_FREEZE",
          "IMMED_FREEZE_NR",
          "FREEZE_CLEAR",
          "FREEZE_CLEAR_NR",
          "FREEZE_AT_TIME",
          "FREEZE_AT_TIME_NR",
          "COLD_RESTART",
          "WARM_RESTART",
          "INITIALIZE_DATA",
          "INITIALIZE_APPL",
          "START_APPL",
          "STOP_APPL",
          "SAVE_CONFIG",
          "ENABLE_UNSOLICITED",
          "DISABLE_UNSOLICITED",
          "ASSIGN_CLASS",
          "DELAY_MEASURE",
          "RECORD_CURRENT_TIME",
          "OPEN_FILE",
          "CLOSE_FILE",
          "DELETE_FILE",
          "GET_FILE_INFO",
          "AUTHENTICATE_FILE",
          "ABORT_FILE",
          "ACTIVATE_CONFIG",
          "AUTHENTICATE_REQ",
          "AUTHENTICATE_REQ_NR");

  private Dnp3Names() {}

  static String function(int code) {
    if (code < REQUESTS.size()) {
      return REQUESTS.get(code);
    }
    return switch (code) {
      case 0x81 -> "RESPONSE";
      case 0x82 -> "UNSOLICITED_RESPONSE";
      case 0x83 -> "AUTHENTICATE_RESP";
      default -> "unknown-" + code;
    };
  }
}
