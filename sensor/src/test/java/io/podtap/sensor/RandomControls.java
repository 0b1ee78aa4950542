/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.little16;
import static io.podtap.sensor.Octets.u16;
import static io.podtap.sensor.Octets.u8;

/** Random conversations of what machines are controlled with: Modbus and DNP3. */
final class RandomControls {

  private static final int CRC_POLYNOMIAL = 0xA6BC; // of DNP3, the lowest bit first
  private static final int BLOCK_BYTES = 16;

  private RandomControls() {}

  /** Registers are read and written; some requests are refused. */
  static void modbus(RandomTalk talk) {
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = talk.oneIn(4) ? 2 : 1; left > 0; left--) {
        int id = 10 * i + left;
        int unit = 1 + talk.below(5);
        int count = 1 + talk.below(100);
        switch (talk.below(4)) {
          case 0, 1 -> {
            int function = talk.pick(3, 4);
            asked.append(modbus(id, unit, function, u16(talk.below(1_000)) + u16(count)));
            String registers = u8(2 * count) + talk.content(2 * count);
            answered.append(modbus(id, unit, function, registers));
          }
          case 2 -> {
            String register = u16(talk.below(1_000)) + u16(talk.below(60_000));
            asked.append(modbus(id, unit, 6, register));
            answered.append(modbus(id, unit, 6, register));
          }
          default -> {
            asked.append(modbus(id, unit, 3, u16(60_000) + u16(count)));
            answered.append(modbus(id, unit, 0x83, "\2"));
          }
        }
      }
      talk.client(asked).server(answered);
    }
  }

  private static String modbus(int id, int unit, int function, String data) {
    return u16(id) + "\0\0" + u16(2 + data.length()) + u8(unit) + u8(function) + data;
  }

  /** Reads with answers of several blocks. */
  static void dnp3(RandomTalk talk) {
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      int function = talk.pick(1, 1, 2, 13);
      talk.client(dnp3(0xC4, 1, 10, i, u8(function) + "\74\2\6"));
      String objects = talk.content(talk.below(150));
      talk.server(dnp3(0x44, 10, 1, i, u8(129) + u8(talk.pick(0, 0x80)) + "\0" + objects));
    }
  }

  private static String dnp3(int control, int to, int from, int number, String message) {
    String content = u8(0xC0 | number) + u8(0xC0 | number) + message;
    String head = "\5\144" + u8(5 + content.length()) + u8(control) + little16(to) + little16(from);
    StringBuilder all = new StringBuilder(head + crc(head));
    for (int at = 0; at < content.length(); at += BLOCK_BYTES) {
      String block = content.substring(at, Math.min(content.length(), at + BLOCK_BYTES));
      all.append(block).append(crc(block));
    }
    return all.toString();
  }

  private static String crc(String block) {
    int crc = 0;
    for (int i = 0; i < block.length(); i++) {
      crc ^= block.charAt(i);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 1 ? crc >>> 1 ^ CRC_POLYNOMIAL : crc >>> 1;
      }
    }
    return little16(~crc);
  }
}
