/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.modbus;

/**
 * What functions and exceptions are called, with Zeek's words.
 *
 * @see "MODBUS Application Protocol Specification 1.1b3 sections 6 and 7"
 */
final class ModbusNames {

  static final int EXCEPTION = 0x80;

  private ModbusNames() {}

  static String function(int code) {
    String name = name(code & ~EXCEPTION);
    if (name.isEmpty()) {
      return "unknown-" + code;
    }
    return code < EXCEPTION ? name : name + "_EXCEPTION";
  }

  private static String name(int code) {
    return switch (code) {
      case 1 -> "READ_COILS";
      case 2 -> "READ_DISCRETE_INPUTS";
      case 3 -> "READ_HOLDING_REGISTERS";
      case 4 -> "READ_INPUT_REGISTERS";
      case 5 -> "WRITE_SINGLE_COIL";
      case 6 -> "WRITE_SINGLE_REGISTER";
      case 7 -> "READ_EXCEPTION_STATUS";
      case 8 -> "DIAGNOSTICS";
      case 9 -> "PROGRAM_484";
      case 10 -> "POLL_484";
      case 11 -> "GET_COMM_EVENT_COUNTER";
      case 12 -> "GET_COMM_EVENT_LOG";
      case 13 -> "PROGRAM_584_984";
      case 14 -> "POLL_584_984";
      case 15 -> "WRITE_MULTIPLE_COILS";
      case 16 -> "WRITE_MULTIPLE_REGISTERS";
      case 17 -> "REPORT_SLAVE_ID";
      case 18 -> "PROGRAM_884_U84";
      case 19 -> "RESET_COMM_LINK_884_U84";
      case 20 -> "READ_FILE_RECORD";
      case 21 -> "WRITE_FILE_RECORD";
      case 22 -> "MASK_WRITE_REGISTER";
      case 23 -> "READ_WRITE_MULTIPLE_REGISTERS";
      case 24 -> "READ_FIFO_QUEUE";
      case 40 -> "PROGRAM_CONCEPT";
      case 41 -> "MULTIPLE_FUNCTION_CODES";
      case 43 -> "ENCAP_INTERFACE_TRANSPORT";
      case 90 -> "PROGRAM_UNITY";
      case 91 -> "OBJECT_MESSAGING";
      case 125 -> "FIRMWARE_REPLACEMENT";
      case 126 -> "PROGRAM_584_984_2";
      case 127 -> "REPORT_LOCAL_ADDRESS";
      default -> "";
    };
  }

  static String exception(int code) {
    return switch (code) {
      case 1 -> "ILLEGAL_FUNCTION";
      case 2 -> "ILLEGAL_DATA_ADDRESS";
      case 3 -> "ILLEGAL_DATA_VALUE";
      case 4 -> "SLAVE_DEVICE_FAILURE";
      case 5 -> "ACKNOWLEDGE";
      case 6 -> "SLAVE_DEVICE_BUSY";
      case 8 -> "MEMORY_PARITY_ERROR";
      case 10 -> "GATEWAY_PATH_UNAVAILABLE";
      case 11 -> "GATEWAY_TARGET_DEVICE_FAILED_TO_RESPOND";
      default -> "unknown-" + code;
    };
  }
}
