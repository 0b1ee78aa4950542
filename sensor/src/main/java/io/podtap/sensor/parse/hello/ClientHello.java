/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.hello;

import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client offers. Values that only test how servers take the unknown are left out (RFC 8701).
 *
 * @see "RFC 8446 section 4.1.2; RFC 6066 section 3; RFC 7301 section 3.1"
 */
public final class ClientHello {

  /** The type of the message. */
  public static final int TYPE = 1;

  private static final int VERSION_AT = 4;
  private static final int SESSION_AT = 38;
  private static final int COUNT_MAX = 512;
  private static final int NAMES_MAX = 16;

  private final int version;
  private final String session;
  private final List<Integer> ciphers;
  private final List<Integer> extensions = new ArrayList<>();
  private List<Integer> groups = List.of();
  private List<Integer> pointFormats = List.of();
  private List<Integer> signatureAlgorithms = List.of();
  private List<Integer> versions = List.of();
  private @Nullable String serverName;
  private List<String> furtherServerNames = List.of();
  private int unknownNameType = -1;
  private int encryptedHello = -1;
  private boolean wellFormed = true;
  private List<String> protocols = List.of();
  private boolean ticket;

  private ClientHello(Payload message, boolean cookie) {
    version = message.u16(VERSION_AT);
    int at = SESSION_AT;
    int sessionLength = Math.max(message.u8(at), 0);
    session = message.text(at + 1, sessionLength);
    at += 1 + sessionLength;
    if (cookie) {
      at += 1 + Math.max(message.u8(at), 0);
    }
    ciphers = numbers(message, at, 2);
    at += 2 + Math.max(message.u16(at), 0);
    wellFormed = message.u8(at) >= 0 && at + 1 + message.u8(at) <= message.length();
    at += 1 + Math.max(message.u8(at), 0); // compression
    Extensions walk = new Extensions(message, at);
    while (walk.next() && extensions.size() < COUNT_MAX) {
      if (!isGrease(walk.type())) {
        extensions.add(walk.type());
        take(message, walk);
      }
    }
  }

  /**
   * Reads a handshake message, header included; what is cut short is not there.
   *
   * @param cookie whether there is a cookie behind the session, as in DTLS (RFC 6347 section 4.2.1)
   */
  public static ClientHello read(Payload message, boolean cookie) {
    return new ClientHello(message, cookie);
  }

  /** Returns the heap that it takes with its lists, whose numbers are objects. */
  public long heapBytes() {
    int numbers =
        ciphers.size()
            + extensions.size()
            + groups.size()
            + pointFormats.size()
            + signatureAlgorithms.size()
            + versions.size();
    return 64
        + 6 * 40
        + 22L * numbers
        + HeapSize.text(session)
        + HeapSize.text(serverName)
        + HeapSize.texts(furtherServerNames)
        + HeapSize.texts(protocols);
  }

  /** Returns the version of the message itself, -1 when it is cut short. */
  public int version() {
    return version;
  }

  /** Returns the session to go on with, one char for each byte; may be empty. */
  public String session() {
    return session;
  }

  /** Returns the cipher suites in the client's order. */
  public List<Integer> ciphers() {
    return ciphers;
  }

  /** Returns the extensions' types in the client's order. */
  public List<Integer> extensions() {
    return extensions;
  }

  /** Returns the groups, which were once the curves. */
  public List<Integer> groups() {
    return groups;
  }

  /** Returns how points of curves may be written. */
  public List<Integer> pointFormats() {
    return pointFormats;
  }

  /** Returns the algorithms of signatures in the client's order. */
  public List<Integer> signatureAlgorithms() {
    return signatureAlgorithms;
  }

  /** Returns the versions in the extension of that name; empty before TLS 1.3. */
  public List<Integer> versions() {
    return versions;
  }

  /** Returns the host that the client asks for, or null. */
  public @Nullable String serverName() {
    return serverName;
  }

  /** Returns hosts that it asks for beside {@link #serverName}; most often none. */
  public List<String> furtherServerNames() {
    return furtherServerNames;
  }

  /** Returns the type of a name that is not a host's, or -1. */
  public int unknownNameType() {
    return unknownNameType;
  }

  /**
   * Returns the type of the extension for an encrypted hello, 0 for what is sent in the clear, or
   * -1 without it. Clients also send it without meaning it.
   */
  public int encryptedHello() {
    return encryptedHello;
  }

  /** Returns whether all that stands in front of the extensions is there. */
  public boolean isWellFormed() {
    return wellFormed;
  }

  /** Returns the first protocol that the client offers, or null. */
  public @Nullable String protocol() {
    return protocols.isEmpty() ? null : protocols.getFirst();
  }

  /** Returns the protocols that the client offers, in its order. */
  public List<String> protocols() {
    return protocols;
  }

  /** Returns whether there is a ticket of an earlier session. */
  public boolean hasTicket() {
    return ticket;
  }

  private void take(Payload message, Extensions one) {
    Payload data = new Payload().wrap(message, one.at(), one.length());
    switch (one.type()) {
      case Extensions.SERVER_NAME -> serverNames(data);
      case Extensions.ENCRYPTED_CLIENT_HELLO -> encryptedHello = data.u8(0);
      case Extensions.PROTOCOLS -> protocols(data);
      case Extensions.GROUPS -> groups = numbers(data, 0, 2);
      case Extensions.SIGNATURE_ALGORITHMS -> signatureAlgorithms = numbers(data, 0, 2);
      case Extensions.SUPPORTED_VERSIONS -> versions = numbers(data, 0, 1);
      case Extensions.POINT_FORMATS -> pointFormats = formats(data);
      case Extensions.SESSION_TICKET -> ticket = !data.isEmpty();
      default -> {}
    }
  }

  private void protocols(Payload data) {
    List<String> offered = new ArrayList<>(2);
    int at = 2;
    while (data.u8(at) > 0 && at + 1 + data.u8(at) <= data.length() && offered.size() < NAMES_MAX) {
      offered.add(data.text(at + 1, data.u8(at)));
      at += 1 + data.u8(at);
    }
    protocols = offered;
  }

  /** A list of names, of which only hosts' have a type that is known. */
  private void serverNames(Payload data) {
    int at = 2;
    while (data.u8(at) >= 0) {
      if (data.u8(at) != 0) {
        unknownNameType = data.u8(at);
        return; // how long it is depends on its type
      }
      int length = data.u16(at + 1);
      if (length < 0 || at + 3 + length > data.length()) {
        return;
      }
      String name = data.text(at + 3, length);
      if (serverName == null) {
        serverName = length == 0 ? null : name;
      } else if (furtherServerNames.size() < NAMES_MAX) {
        furtherServerNames = new ArrayList<>(furtherServerNames);
        furtherServerNames.add(name);
      }
      at += 3 + length;
    }
  }

  /** Returns numbers of two bytes behind their length in {@code lengthBytes} bytes. */
  private static List<Integer> numbers(Payload data, int at, int lengthBytes) {
    int length = lengthBytes == 1 ? data.u8(at) : data.u16(at);
    int from = at + lengthBytes;
    int end = Math.min(data.length(), from + length);
    List<Integer> numbers = new ArrayList<>();
    for (int i = from; i + 1 < end && numbers.size() < COUNT_MAX; i += 2) {
      int number = data.u16(i);
      if (!isGrease(number)) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  private static List<Integer> formats(Payload data) {
    List<Integer> formats = new ArrayList<>();
    for (int i = 1; i <= data.u8(0) && i < data.length(); i++) {
      formats.add(data.u8(i));
    }
    return formats;
  }

  private static boolean isGrease(int number) {
    return (number & 0x0F0F) == 0x0A0A && number >>> 8 == (number & 0xFF);
  }
}
