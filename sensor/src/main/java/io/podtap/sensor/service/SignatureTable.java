/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.service;

import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Cargo;
import io.podtap.sensor.protocol.Declaration.Place;
import io.podtap.sensor.protocol.Declaration.Sign;
import io.podtap.sensor.protocol.Declaration.Where;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The signatures of one place, in the order of the registry, by the first byte: of some sixty two
 * to six are asked about a payload. Not changed once built; any thread.
 */
final class SignatureTable {

  private static final int FIRST_BYTES = 256;

  /** A signature with the service that it finds. */
  private static final class Entry {

    private final Signature signature;
    private final ServiceSet service;
    private final Cargo[] cargo;
    private final Where where;
    private final int[] ports;

    Entry(Declaration declaration, Sign sign) {
      signature = sign.signature();
      service = declaration.service().alone();
      cargo = declaration.cargo().toArray(new Cargo[0]);
      where = sign.where();
      Transport transport = sign.place() == Place.DATAGRAM ? Transport.UDP : Transport.TCP;
      ports = declaration.contentPorts(transport);
    }

    boolean isAt(int originatorPort, int responderPort) {
      return switch (where) {
        case ANYWHERE -> true;
        case RESPONDER_PORT -> has(responderPort);
        case EITHER_PORT -> has(responderPort) || has(originatorPort);
      };
    }

    private boolean has(int port) {
      for (int own : ports) {
        if (own == port) {
          return true;
        }
      }
      return false;
    }

    ServiceSet found(Payload first) {
      ServiceSet found = service;
      for (Cargo inner : cargo) {
        if (inner.test().test(first)) {
          found = found.union(inner.service().alone());
        }
      }
      return found;
    }
  }

  private final Entry[][] byFirstByte = new Entry[FIRST_BYTES][];

  /**
   * @param kind whether those signatures are meant that depend on ports, or the others
   */
  SignatureTable(List<Declaration> declarations, Place place, PortKind kind) {
    List<List<Entry>> lists = new ArrayList<>();
    for (int i = 0; i < FIRST_BYTES; i++) {
      lists.add(new ArrayList<>());
    }
    for (Declaration declaration : declarations) {
      for (Sign sign : declaration.signs()) {
        if (sign.place() == place && kind.takes(sign.where())) {
          Entry entry = new Entry(declaration, sign);
          firstBytes(sign.firstBytes()).forEach(value -> lists.get(value).add(entry));
        }
      }
    }
    Arrays.setAll(byFirstByte, value -> lists.get(value).toArray(new Entry[0]));
  }

  /** Which signatures a table has. */
  enum PortKind {
    ALL,
    AT_PORTS,
    ANYWHERE;

    boolean takes(Where where) {
      return switch (this) {
        case ALL -> true;
        case AT_PORTS -> where != Where.ANYWHERE;
        case ANYWHERE -> where == Where.ANYWHERE;
      };
    }
  }

  private static IntStream firstBytes(String text) {
    return text.isEmpty() ? IntStream.range(0, FIRST_BYTES) : text.chars().distinct();
  }

  /** Returns what the bytes may be. */
  ServiceSet guess(Payload first, int originatorPort, int responderPort) {
    int firstByte = first.u8(0);
    if (firstByte < 0) {
      return ServiceSet.EMPTY;
    }
    ServiceSet found = ServiceSet.EMPTY;
    for (Entry entry : byFirstByte[firstByte]) {
      if (entry.isAt(originatorPort, responderPort)) {
        switch (entry.signature.match(first)) {
          case ALONE -> {
            if (found.isEmpty()) {
              return entry.found(first);
            }
          }
          case SHARED -> found = found.union(entry.found(first));
          case NONE -> {}
        }
      }
    }
    return found;
  }
}
