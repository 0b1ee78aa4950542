/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.ProxyHeader;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol that may stand in front of what a client sends, in
 * whatever pieces it comes. One thread.
 *
 * <pre>
 * version 1: PROXY TCP4 source destination port port CR LF
 * version 2: | signature 12 | version, command | family | length 2 | addresses | type 1 length 2 value ...
 * </pre>
 *
 * @see "HAProxy: The PROXY protocol, versions 1 and 2"
 */
final class ProxyPreface implements HeapAccount {

  private static final String TEXT = "PROXY ";
  private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
  private static final int TEXT_MAX = 107;
  private static final int HEADER = 16;

  /** Bytes of a header of version 2 that are looked at. */
  private static final int KEPT_MAX = 4 << 10;

  private static final int VALUE_MAX = 256;
  private static final long MAPPED = 0xFFFFL << 32;

  private static final int TLS = 0x20;
  private static final int TLS_HEAD = 5;
  private static final int AWS = 0xEA;
  private static final int GOOGLE = 0xE0;
  private static final int AZURE = 0xEE;

  /** Heap of this object with what it always has. */
  private static final long BYTES = 160;

  private final ByteBudget budget;
  private final FlowAccount account;
  private final Gather gather;
  private @Nullable ProxyHeader header;
  private int rest;
  private boolean isOver;
  private boolean isNone;

  /**
   * @param account of the flow, from which what this holds is taken until {@link #close}
   */
  ProxyPreface(ByteBudget budget, FlowAccount account) {
    this.budget = budget;
    this.account = account;
    this.gather = new Gather(KEPT_MAX, this);
    take(BYTES);
  }

  @Override
  public void take(long bytes) {
    budget.take(account, bytes);
  }

  @Override
  public void giveBack(long bytes) {
    budget.giveBack(account, bytes);
  }

  /** Gives back what this holds; nothing more may be asked of it. */
  void close() {
    gather.clear();
    giveBack(BYTES);
  }

  /** Returns whether a client's first bytes may be such a header, as far as they are there. */
  static boolean mayBegin(Payload first) {
    return begins(first, TEXT) || begins(first, SIGNATURE);
  }

  private static boolean begins(Payload first, String text) {
    int count = Math.min(first.length(), text.length());
    return count > 0 && first.has(0, text.substring(0, count));
  }

  /** Returns what the header says, once it is complete. */
  @Nullable ProxyHeader header() {
    return header;
  }

  /** Returns whether what came is no such header: {@link #held} has it. */
  boolean isNone() {
    return isNone;
  }

  /** Returns a copy of what came and is no header. */
  Payload held() {
    Payload held = gather.waiting();
    return new Payload(held.copy(0, held.length()));
  }

  /**
   * Takes bytes of the header out of {@code data}.
   *
   * @return whether it is complete, or is none
   */
  boolean read(Payload data) {
    while (!isOver && !data.isEmpty()) {
      if (rest > 0) {
        int count = Math.min(rest, data.length());
        data.skip(count);
        rest -= count;
        isOver = rest == 0;
      } else {
        step(data);
      }
    }
    return isOver;
  }

  private void step(Payload data) {
    int first = gather.held() > 0 ? gather.waiting().u8(0) : data.u8(0);
    if (first == 'P') {
      text(data);
    } else {
      binary(data);
    }
  }

  private void text(Payload data) {
    for (int length = gather.held() + 1; length <= TEXT_MAX; length++) {
      Payload line = gather.peek(data, length);
      if (line == null) {
        return;
      }
      if (!begins(line, TEXT)) {
        hold(data);
        return;
      }
      if (line.u8(length - 1) == '\n') {
        line(line.text(0, length).strip());
        gather.take(data, length);
        isOver = true;
        return;
      }
    }
    hold(data);
  }

  /** What came is something else: it is kept for who reads it, what follows stays in data. */
  private void hold(Payload data) {
    if (gather.held() == 0) {
      gather.peek(data, data.length() + 1); // all of it, as far as it fits
    }
    isNone = true;
    isOver = true;
  }

  private void line(String line) {
    String[] words = line.split(" ", -1);
    if (words.length == 6 && (words[1].equals("TCP4") || words[1].equals("TCP6"))) {
      byte[] source = address(words[2]);
      byte[] destination = address(words[3]);
      int sourcePort = port(words[4]);
      int destinationPort = port(words[5]);
      if (source != null && destination != null && sourcePort >= 0 && destinationPort >= 0) {
        header =
            header(
                1,
                /* isLocal= */ false,
                source,
                sourcePort,
                destination,
                destinationPort,
                Map.of());
        return;
      }
    }
    header = new ProxyHeader(1, /* isLocal= */ false, false, 0, 0, 0, 0, 0, 0, Map.of());
  }

  private static byte @Nullable [] address(String text) {
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      return null; // no address: the connection is recorded without it
    }
  }

  private static int port(String text) {
    int value = 0;
    for (int i = 0; i < text.length() && value <= 65_535; i++) {
      int digit = Character.digit(text.charAt(i), 10);
      value = digit < 0 ? 65_536 : 10 * value + digit;
    }
    return text.isEmpty() || value > 65_535 ? -1 : value;
  }

  private void binary(Payload data) {
    Payload head = gather.peek(data, HEADER);
    if (head == null) {
      if (!begins(gather.waiting(), SIGNATURE)) {
        hold(data);
      }
      return;
    }
    if (!head.has(0, SIGNATURE) || head.u8(12) >> 4 != 2) {
      hold(data);
      return;
    }
    int length = head.u16(14);
    Payload whole = gather.take(data, Math.min(KEPT_MAX, HEADER + length));
    if (whole == null) {
      return;
    }
    rest = HEADER + length - whole.length();
    isOver = rest == 0;
    read(whole, (whole.u8(12) & 0xF) == 0, whole.u8(13) >> 4);
  }

  private void read(Payload whole, boolean isLocal, int family) {
    int size = family == 1 ? 4 : family == 2 ? 16 : 0;
    int addresses = family == 3 ? 216 : size == 0 ? 0 : 2 * size + 4;
    Map<String, String> names = new HashMap<>();
    values(whole, HEADER + addresses, whole.length(), names);
    boolean isThere = size > 0 && whole.length() >= HEADER + addresses;
    header =
        isThere
            ? header(
                2,
                isLocal,
                whole.copy(HEADER, size),
                whole.u16(HEADER + 2 * size),
                whole.copy(HEADER + size, size),
                whole.u16(HEADER + 2 * size + 2),
                names)
            : new ProxyHeader(2, isLocal, false, 0, 0, 0, 0, 0, 0, names);
  }

  private static void values(Payload whole, int from, int end, Map<String, String> names) {
    for (int at = from; at + 3 <= end; at += 3 + whole.u16(at + 1)) {
      int length = Math.min(whole.u16(at + 1), end - at - 3);
      String text = whole.text(at + 3, Math.min(length, VALUE_MAX));
      switch (whole.u8(at)) {
        case 0x01 -> names.put(ProxyHeader.ALPN, text);
        case 0x02 -> names.put(ProxyHeader.AUTHORITY, text);
        case 0x05 -> names.put(ProxyHeader.UNIQUE_ID, hex(whole, at + 3, length));
        case 0x21 -> names.put(ProxyHeader.TLS_VERSION, text);
        case 0x22 -> names.put(ProxyHeader.CLIENT_NAME, text);
        case 0x30 -> names.put(ProxyHeader.NAMESPACE, text);
        case TLS -> values(whole, at + 3 + TLS_HEAD, at + 3 + length, names);
        case AWS -> names.put(ProxyHeader.ENDPOINT, text.isEmpty() ? "" : text.substring(1));
        case GOOGLE, AZURE -> names.put(ProxyHeader.ENDPOINT, hex(whole, at + 3, length));
        default -> {}
      }
    }
  }

  private static String hex(Payload whole, int at, int length) {
    return HexFormat.of().formatHex(whole.copy(at, Math.min(length, VALUE_MAX)));
  }

  private static ProxyHeader header(
      int version,
      boolean isLocal,
      byte[] source,
      int sourcePort,
      byte[] destination,
      int destinationPort,
      Map<String, String> names) {
    return new ProxyHeader(
        version,
        isLocal,
        true,
        high(source),
        low(source),
        sourcePort,
        high(destination),
        low(destination),
        destinationPort,
        names);
  }

  private static long high(byte[] address) {
    Payload bytes = new Payload(address);
    return address.length == 4 ? 0 : bytes.u32(0) << 32 | bytes.u32(4);
  }

  private static long low(byte[] address) {
    Payload bytes = new Payload(address);
    return address.length == 4 ? MAPPED | bytes.u32(0) : bytes.u32(8) << 32 | bytes.u32(12);
  }
}
