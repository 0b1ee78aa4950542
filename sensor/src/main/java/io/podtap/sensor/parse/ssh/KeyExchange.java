/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.parse.Digests;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one end offers.
 *
 * @see "RFC 4253 section 7.1"
 */
final class KeyExchange {

  static final int KEY_EXCHANGE = 0;
  static final int HOST_KEY = 1;
  static final int CIPHER = 2;
  static final int MAC = 4;
  static final int COMPRESSION = 6;

  /** Names that a list may have, as in Zeek. */
  private static final int NAMES_MAX = 100;

  /** What Zeek calls it when a list has more. */
  private static final String[] TOO_MANY = {
    "SSH_max_kexinit_kex_algorithms_exceeded",
    "SSH_max_kexinit_hostkey_algorithms_exceeded",
    "SSH_max_kexinit_encryption_algorithms_exceeded",
    "SSH_max_kexinit_encryption_algorithms_exceeded",
    "SSH_max_kexinit_mac_algorithms_exceeded",
    "SSH_max_kexinit_mac_algorithms_exceeded",
    "SSH_max_kexinit_compression_algorithms_exceeded",
    "SSH_max_kexinit_compression_algorithms_exceeded",
    "SSH_max_kexinit_languages_exceeded",
    "SSH_max_kexinit_languages_exceeded",
  };

  /** As Zeek says it. */
  static final String NOTHING_IN_COMMON = "Algorithm negotiation failed";

  private static final int LISTS = 10;
  private static final int COOKIE_BYTES = 16;

  /** Names with commas between them: two lists each for cipher, MAC, compression, language. */
  private final String[] lists;

  private KeyExchange(String[] lists) {
    this.lists = lists;
  }

  /** Reads the message behind its number; null when it is cut. */
  static @Nullable KeyExchange of(Payload message) {
    message.skip(1 + COOKIE_BYTES);
    String[] lists = new String[LISTS];
    for (int i = 0; i < LISTS; i++) {
      long length = message.u32(0);
      if (length < 0 || length > message.length() - 4) {
        return null;
      }
      lists[i] = message.text(4, (int) length);
      message.skip(4 + (int) length);
    }
    return new KeyExchange(lists);
  }

  /** Notes each list that is too long. */
  void noteLongLists(Session session) {
    for (int i = 0; i < LISTS; i++) {
      int count = count(i);
      if (count > NAMES_MAX) {
        session.weird(TOO_MANY[i], count + " > " + NAMES_MAX);
      }
    }
  }

  /** Returns how many names a list has. */
  private int count(int which) {
    String list = lists[which];
    int count = list.isEmpty() ? 0 : 1;
    for (int at = list.indexOf(','); at >= 0; at = list.indexOf(',', at + 1)) {
      count++;
    }
    return count;
  }

  /**
   * Returns the number of the message that carries the host's key, 0 for a method that has none, or
   * -1 for an unknown one.
   */
  static int hostKeyMessage(String method) {
    switch (method) {
      case "rsa1024-sha1", "rsa2048-sha256" -> {
        return 0;
      }
      case "diffie-hellman-group1-sha1",
          "diffie-hellman-group14-sha1",
          "diffie-hellman-group14-sha256",
          "diffie-hellman-group16-sha512",
          "diffie-hellman-group18-sha512",
          "ecmqv-sha2" -> {
        return 31;
      }
      case "diffie-hellman-group-exchange-sha1", "diffie-hellman-group-exchange-sha256" -> {
        return 33;
      }
      default -> {}
    }
    if (method.startsWith("gss-")) {
      return 33;
    }
    boolean isOnCurve =
        method.startsWith("ecdh-sha2-")
            || method.startsWith("curve25519-sha256")
            || method.startsWith("sntrup761x25519-sha512")
            || method.startsWith("mlkem");
    return isOnCurve ? 31 : -1;
  }

  /**
   * Returns how many strings, or numbers in the form of strings, a message of a method consists of.
   *
   * @param message its number
   * @see "RFC 4253 section 8; RFC 4419 section 3; RFC 5656 section 4"
   */
  static int strings(String method, int message) {
    if (method.startsWith("diffie-hellman-group-exchange-")) {
      return switch (message) {
        case 31 -> 2;
        case 32 -> 1;
        case 33 -> 3;
        default -> 0;
      };
    }
    if (hostKeyMessage(method) != 31) {
      return 0;
    }
    return message == 30 ? 1 : message == 31 ? 3 : 0;
  }

  /** Returns the heap that it takes with its texts. */
  long heapBytes() {
    long sum = 24 + HeapSize.ARRAY + 4 * LISTS;
    for (String list : lists) {
      sum += HeapSize.text(list);
    }
    return sum;
  }

  /** Returns the client's first that the server has, too. */
  static String agreed(KeyExchange client, KeyExchange server, int which) {
    String[] there = server.lists[which].split(",", -1);
    for (String wanted : client.lists[which].split(",", -1)) {
      for (String offered : there) {
        if (wanted.equals(offered)) {
          return wanted;
        }
      }
    }
    return NOTHING_IN_COMMON;
  }

  /** Returns what is agreed on for both directions; both when they differ. */
  static String agreedBothWays(KeyExchange client, KeyExchange server, int which) {
    String there = agreed(client, server, which);
    String back = agreed(client, server, which + 1);
    return there.equals(back) ? there : "To server: " + there + ", to client: " + back;
  }

  /**
   * Returns the HASSH of one end: the MD5 of what it offers for what it sends.
   *
   * @see "github.com/salesforce/hassh, licence BSD-3-Clause"
   */
  String hassh(boolean ofClient) {
    int way = ofClient ? 0 : 1;
    String offer =
        lists[KEY_EXCHANGE]
            + ';'
            + lists[CIPHER + way]
            + ';'
            + lists[MAC + way]
            + ';'
            + lists[COMPRESSION + way];
    return Digests.hex("MD5", offer.getBytes(StandardCharsets.ISO_8859_1));
  }
}
