/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/**
 * Reads an Ethernet frame the slow and simple way and asserts that every length and checksum in it
 * is right.
 */
public final class Verifier {

  private final int vlanTags;
  private final byte[] header;
  private final byte[] transport;
  private final boolean ipv6;
  private final int protocol;

  private Verifier(int vlanTags, byte[] header, byte[] transport, boolean ipv6, int protocol) {
    this.vlanTags = vlanTags;
    this.header = header;
    this.transport = transport;
    this.ipv6 = ipv6;
    this.protocol = protocol;
  }

  /** Reads a frame whose IP length must be what is there. */
  public static Verifier read(byte[] frame) {
    int at = 12;
    int tags = 0;
    while (u16(frame, at) == 0x8100 || u16(frame, at) == 0x88A8) {
      at += 4;
      tags++;
    }
    int type = u16(frame, at);
    at += 2;
    if (type == 0x0800) {
      int header = (frame[at] & 15) * 4;
      assertThat(u16(frame, at + 2)).as("IPv4 total length").isEqualTo(frame.length - at);
      assertThat(fold(sum16(frame, at, header))).as("IPv4 header checksum").isEqualTo(0xFFFF);
      return new Verifier(
          tags,
          Arrays.copyOfRange(frame, at, at + header),
          Arrays.copyOfRange(frame, at + header, frame.length),
          false,
          frame[at + 9]);
    }
    assertThat(type).isEqualTo(0x86DD);
    assertThat(u16(frame, at + 4)).as("IPv6 payload length").isEqualTo(frame.length - at - 40);
    int protocol = frame[at + 6];
    int end = at + 40;
    while (protocol == 0 || protocol == 43 || protocol == 60 || protocol == 44 || protocol == 51) {
      int units = frame[end + 1] & 0xFF;
      int length = protocol == 44 ? 8 : protocol == 51 ? (units + 2) * 4 : (units + 1) * 8;
      protocol = frame[end];
      end += length;
    }
    return new Verifier(
        tags,
        Arrays.copyOfRange(frame, at, end),
        Arrays.copyOfRange(frame, end, frame.length),
        true,
        protocol);
  }

  /** Asserts that the TCP or UDP checksum is right. */
  public Verifier checksummed() {
    byte[] addresses =
        ipv6 ? Arrays.copyOfRange(header, 8, 40) : Arrays.copyOfRange(header, 12, 20);
    int sum = pseudoSum(addresses, protocol, transport.length);
    assertThat(fold(sum + sum16(transport, 0, transport.length)))
        .as("transport checksum")
        .isEqualTo(0xFFFF);
    if (protocol == 17) {
      assertThat(u16(transport, 4)).as("UDP length").isEqualTo(transport.length);
      assertThat(u16(transport, 6)).as("UDP checksum").isNotZero();
    }
    return this;
  }

  /** Returns how many tags stand in front of the packet. */
  public int vlanTags() {
    return vlanTags;
  }

  /** Returns the IP header as it stands, extension headers included. */
  public byte[] header() {
    return header.clone();
  }

  /** Returns everything behind the IP header that the IP length counts. */
  public byte[] transport() {
    return transport.clone();
  }

  public int identification() {
    return u16(header, 4);
  }

  public int fragmentWord() {
    return u16(header, 6);
  }

  public int sequence() {
    return (u16(transport, 4) << 16) | u16(transport, 6);
  }

  public int tcpFlags() {
    return transport[13] & 0xFF;
  }

  public byte[] payload() {
    int length = protocol == 6 ? (transport[12] & 0xF0) >> 2 : 8;
    return Arrays.copyOfRange(transport, length, transport.length);
  }

  public static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  static int sum16(byte[] bytes, int at, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int b = bytes[at + i] & 0xFF;
      sum += i % 2 == 0 ? b << 8 : b;
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return sum;
  }

  static int pseudoSum(byte[] addresses, int protocol, int length) {
    return sum16(addresses, 0, addresses.length) + protocol + (length >>> 16) + (length & 0xFFFF);
  }

  static int fold(int sum) {
    int folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xFFFF) + (folded >>> 16);
    }
    return folded;
  }
}
