/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.protocol;

import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * All that the sensor knows of one service before it sees a flow. Made by the service's own
 * package, listed by the registry; read only after that.
 *
 * <p>Sets of first bytes are texts of one char a byte: a signature is asked only when the bytes
 * begin with one of them, and {@link #ANY} asks it always.
 */
public final class Declaration {

  /** Every first byte. */
  public static final String ANY = "";

  /** Which bytes a signature is about. */
  public enum Place {
    /** The originator's first bytes of a stream. */
    ORIGINATOR,
    /** The responder's first bytes of a stream. */
    RESPONDER,
    /** A segment of either end of a stream whose beginning was not seen. */
    MIDDLE,
    /** A datagram of either end. */
    DATAGRAM
  }

  /** Where a signature holds. */
  public enum Where {
    /** On every port. */
    ANYWHERE,
    /** Where the responder's port is one that is declared. */
    RESPONDER_PORT,
    /** Where a port of either end is one that is declared. */
    EITHER_PORT
  }

  /**
   * A signature with what it is asked about.
   *
   * @param firstBytes the first bytes that it is asked about, see {@link Declaration}
   */
  public record Sign(Place place, Where where, String firstBytes, Signature signature) {}

  /**
   * What stands inside the bytes that a signature found.
   *
   * @param service named beside the one that was found
   */
  public record Cargo(Service service, Predicate<Payload> test) {}

  /** What a service is like, where the bytes alone do not decide. */
  public enum Trait {
    /** The client's bytes are like too many others' to name the service without the server's. */
    SERVER_DECIDES,
    /** Stands inside another service, and is named by one end's bytes. */
    CARRIED,
    /** The parser of the service around it tells whether it is there. */
    SEEN_BY_CARRIER,
    /** Not named where the beginning was not seen, because Zeek's analyzer does not begin there. */
    NEEDS_BEGINNING,
    /** May go on as TLS. */
    MAY_TURN_TO_TLS,
    /** A person may sit behind it: Zeek lets it be silent for an hour. */
    INTERACTIVE,
    /** Over UDP, Zeek ends its flows soon after the last datagram. */
    SHORT_SESSIONS
  }

  private final Service service;
  private final Map<Transport, BitSet> serverPorts = new EnumMap<>(Transport.class);
  private final Map<Transport, BitSet> parsedPorts = new EnumMap<>(Transport.class);
  private final Map<Transport, BitSet> contentPorts = new EnumMap<>(Transport.class);
  private final List<Sign> signs = new ArrayList<>();
  private final List<Cargo> cargo = new ArrayList<>();
  private final List<Predicate<Payload>> originatorOnly = new ArrayList<>();
  private final List<Predicate<Payload>> responderOnly = new ArrayList<>();
  private final Map<Transport, Predicate<Payload>> tlsHellos = new EnumMap<>(Transport.class);
  private final List<Trait> traits = new ArrayList<>();
  private BiConsumer<ParserResources, ParserList> parsers = (_, _) -> {};

  private Declaration(Service service) {
    this.service = service;
    for (Transport transport : Transport.values()) {
      serverPorts.put(transport, new BitSet());
      parsedPorts.put(transport, new BitSet());
      contentPorts.put(transport, new BitSet());
    }
  }

  /** Begins a declaration; every method below adds to it and returns it. */
  public static Declaration of(Service service) {
    return new Declaration(service);
  }

  /** Ports where servers are, and where a flow is taken for the service until its bytes tell. */
  public Declaration ports(Transport transport, int... numbers) {
    return serverPorts(transport, numbers).parsedPorts(transport, numbers);
  }

  /** Ports where servers are (Zeek's {@code likely_server_ports}); the bytes decide alone. */
  public Declaration serverPorts(Transport transport, int... numbers) {
    set(serverPorts, transport, numbers);
    return contentPorts(transport, numbers);
  }

  /** Ports where a flow is taken for the service, though they say nothing of who is the server. */
  public Declaration parsedPorts(Transport transport, int... numbers) {
    set(parsedPorts, transport, numbers);
    return contentPorts(transport, numbers);
  }

  /** Ports where signatures that depend on ports hold, and nothing more. */
  public Declaration contentPorts(Transport transport, int... numbers) {
    set(contentPorts, transport, numbers);
    return this;
  }

  /** Both transports have a set from the beginning. */
  private static BitSet of(Map<Transport, BitSet> ports, Transport transport) {
    return Objects.requireNonNull(ports.get(transport));
  }

  private static void set(Map<Transport, BitSet> ports, Transport transport, int... numbers) {
    BitSet set = of(ports, transport);
    for (int number : numbers) {
      set.set(number);
    }
  }

  /** What the originator of a stream says first. */
  public Declaration originator(String firstBytes, Signature signature) {
    return sign(Place.ORIGINATOR, Where.ANYWHERE, firstBytes, signature);
  }

  /** What the responder of a stream says first. */
  public Declaration responder(String firstBytes, Signature signature) {
    return sign(Place.RESPONDER, Where.ANYWHERE, firstBytes, signature);
  }

  /** What both ends of a stream say first. */
  public Declaration bothEnds(String firstBytes, Signature signature) {
    return originator(firstBytes, signature).responder(firstBytes, signature);
  }

  /** What both ends of a stream say first, on the service's own ports. */
  public Declaration bothEndsAtPort(String firstBytes, Signature signature) {
    return sign(Place.ORIGINATOR, Where.RESPONDER_PORT, firstBytes, signature)
        .sign(Place.RESPONDER, Where.RESPONDER_PORT, firstBytes, signature);
  }

  /** What a segment is like in the middle of a stream, where it begins a message. */
  public Declaration middle(String firstBytes, Signature signature) {
    return sign(Place.MIDDLE, Where.ANYWHERE, firstBytes, signature);
  }

  /** The same on the service's own ports. */
  public Declaration middleAtPort(String firstBytes, Signature signature) {
    return sign(Place.MIDDLE, Where.RESPONDER_PORT, firstBytes, signature);
  }

  /** What a datagram is like. */
  public Declaration datagram(String firstBytes, Signature signature) {
    return sign(Place.DATAGRAM, Where.ANYWHERE, firstBytes, signature);
  }

  /** What a datagram is like, where one of the ends has a port of the service. */
  public Declaration datagramAtPort(String firstBytes, Signature signature) {
    return sign(Place.DATAGRAM, Where.EITHER_PORT, firstBytes, signature);
  }

  /** What a datagram is like, where the responder has a port of the service. */
  public Declaration datagramAtServerPort(String firstBytes, Signature signature) {
    return sign(Place.DATAGRAM, Where.RESPONDER_PORT, firstBytes, signature);
  }

  private Declaration sign(Place place, Where where, String firstBytes, Signature signature) {
    signs.add(new Sign(place, where, firstBytes, signature));
    return this;
  }

  /** Names another service too, when its bytes stand inside those that a signature found. */
  public Declaration carries(Service inner, Predicate<Payload> test) {
    cargo.add(new Cargo(inner, test));
    return this;
  }

  /** Tells a segment in the middle of a stream that the end sends alone that opened it. */
  public Declaration originatorOnly(Predicate<Payload> test) {
    originatorOnly.add(test);
    return this;
  }

  /** Tells a segment in the middle of a stream that the end sends alone that answers. */
  public Declaration responderOnly(Predicate<Payload> test) {
    responderOnly.add(test);
    return this;
  }

  /** Tells the first bytes of TLS behind those of another protocol. */
  public Declaration tlsHello(Transport transport, Predicate<Payload> test) {
    tlsHellos.put(transport, test);
    return this;
  }

  /** Says what the service is like. */
  public Declaration traits(Trait... all) {
    traits.addAll(List.of(all));
    return this;
  }

  /** Says how its parsers are made; services of one package may share one declaration's. */
  public Declaration parsers(BiConsumer<ParserResources, ParserList> maker) {
    this.parsers = maker;
    return this;
  }

  /** Returns what is declared. */
  public Service service() {
    return service;
  }

  /** Returns the ports of likely servers. */
  public int[] serverPorts(Transport transport) {
    return of(serverPorts, transport).stream().toArray();
  }

  /** Returns the ports on which the service is begun before its bytes tell. */
  public int[] parsedPorts(Transport transport) {
    return of(parsedPorts, transport).stream().toArray();
  }

  /** Returns the ports on which signatures hold that depend on ports. */
  public int[] contentPorts(Transport transport) {
    return of(contentPorts, transport).stream().toArray();
  }

  /** Returns the signatures. */
  public List<Sign> signs() {
    return List.copyOf(signs);
  }

  /** Returns what a signature of this service may find inside. */
  public List<Cargo> cargo() {
    return List.copyOf(cargo);
  }

  /** Returns whether a segment shows who sent it. */
  public List<Predicate<Payload>> onlyOf(boolean originator) {
    return List.copyOf(originator ? originatorOnly : responderOnly);
  }

  /** Returns what tells TLS behind other bytes, over one transport. */
  public List<Predicate<Payload>> tlsHellos(Transport transport) {
    Predicate<Payload> test = tlsHellos.get(transport);
    return test == null ? List.of() : List.of(test);
  }

  /** Returns whether the service is like this. */
  public boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** Returns the set of this service alone, where it is like this. */
  public ServiceSet where(Trait trait) {
    return is(trait) ? service.alone() : ServiceSet.EMPTY;
  }

  /** Adds the service's parsers, if there are any. */
  public void makeParsers(ParserResources resources, ParserList list) {
    parsers.accept(resources, list);
  }
}
