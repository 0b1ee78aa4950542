/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.service;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Place;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.service.SignatureTable.PortKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Tells by both ends' first bytes what a flow carries, by what protocols declare. Not changed once
 * built; any thread.
 */
public final class ServiceDetector {

  private final SignatureTable originator;
  private final SignatureTable responder;
  private final SignatureTable middle;
  private final SignatureTable datagramsAtPorts;
  private final SignatureTable datagrams;

  private final List<Predicate<Payload>> originatorOnly = new ArrayList<>();
  private final List<Predicate<Payload>> responderOnly = new ArrayList<>();
  private final List<Predicate<Payload>> streamHellos = new ArrayList<>();
  private final List<Predicate<Payload>> datagramHellos = new ArrayList<>();

  private final ServiceSet serverDecides;
  private final ServiceSet carried;
  private final ServiceSet seenByCarrier;
  private final ServiceSet needsBeginning;
  private final ServiceSet mayTurnToTls;

  /**
   * @param declarations in order of precedence: of several whose signatures find their bytes, the
   *     first one counts
   */
  public ServiceDetector(List<Declaration> declarations) {
    originator = new SignatureTable(declarations, Place.ORIGINATOR, PortKind.ALL);
    responder = new SignatureTable(declarations, Place.RESPONDER, PortKind.ALL);
    middle = new SignatureTable(declarations, Place.MIDDLE, PortKind.ALL);
    datagramsAtPorts = new SignatureTable(declarations, Place.DATAGRAM, PortKind.AT_PORTS);
    datagrams = new SignatureTable(declarations, Place.DATAGRAM, PortKind.ANYWHERE);
    for (Declaration declaration : declarations) {
      originatorOnly.addAll(declaration.onlyOf(true));
      responderOnly.addAll(declaration.onlyOf(/* originator= */ false));
      streamHellos.addAll(declaration.tlsHellos(Transport.TCP));
      datagramHellos.addAll(declaration.tlsHellos(Transport.UDP));
    }
    serverDecides = with(declarations, Trait.SERVER_DECIDES);
    carried = with(declarations, Trait.CARRIED);
    seenByCarrier = with(declarations, Trait.SEEN_BY_CARRIER);
    needsBeginning = serverDecides.union(with(declarations, Trait.NEEDS_BEGINNING));
    mayTurnToTls = serverDecides.union(with(declarations, Trait.MAY_TURN_TO_TLS));
  }

  private static ServiceSet with(List<Declaration> declarations, Trait trait) {
    ServiceSet services = ServiceSet.EMPTY;
    for (Declaration declaration : declarations) {
      services = services.union(declaration.where(trait));
    }
    return services;
  }

  /**
   * Looks at the first bytes of one end; may be asked again with more of them while nothing is
   * known.
   *
   * @param first from the end's first byte on; in the middle any segment
   * @param isMiddle whether the end's first byte was not seen
   * @return services that it may be, empty for nothing known
   */
  public ServiceSet look(
      Guesses guesses, Flow flow, boolean fromOriginator, Payload first, boolean isMiddle) {
    ServiceSet guess =
        flow.protocol() == IpProtocol.UDP
            ? guessDatagram(first, flow.originatorPort(), flow.responderPort())
            : guessStream(first, fromOriginator, flow.responderPort());
    if (guess.isEmpty() && isMiddle) {
      guess = middle.guess(first, flow.originatorPort(), flow.responderPort());
    }
    if (fromOriginator) {
      guesses.originator = guess;
      guesses.originatorHeard = true;
    } else {
      guesses.responder = guess;
      guesses.responderHeard = true;
    }
    return guess;
  }

  /** Returns what the first bytes of one end of a stream may be. */
  ServiceSet guessStream(Payload first, boolean fromOriginator, int responderPort) {
    return (fromOriginator ? originator : responder).guess(first, -1, responderPort);
  }

  /** Returns what a datagram may be: by the port, where the bytes allow it, else by the bytes. */
  ServiceSet guessDatagram(Payload first, int originatorPort, int responderPort) {
    ServiceSet atPort = datagramsAtPorts.guess(first, originatorPort, responderPort);
    return atPort.isEmpty() ? datagrams.guess(first, originatorPort, responderPort) : atPort;
  }

  /**
   * Returns whether a segment in the middle of a connection is what the other end would send: who
   * opened the connection was not seen, and the guess was wrong.
   */
  public boolean isReversed(boolean fromOriginator, Payload segment) {
    return any(fromOriginator ? responderOnly : originatorOnly, segment);
  }

  private static boolean any(List<Predicate<Payload>> tests, Payload payload) {
    for (int i = 0; i < tests.size(); i++) {
      if (tests.get(i).test(payload)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether an end's bytes have told something. */
  public static boolean isKnown(Guesses guesses, boolean fromOriginator) {
    return !(fromOriginator ? guesses.originator : guesses.responder).isEmpty();
  }

  /** Returns whether both ends have spoken. */
  public static boolean areBothHeard(Guesses guesses) {
    return guesses.originatorHeard && guesses.responderHeard;
  }

  /**
   * Returns whether what the flow carries may turn to TLS after a while: a text protocol, or QUIC
   * whose hello comes behind packets that came too early.
   */
  public boolean mayTurnToTls(Guesses guesses) {
    return !turning(guesses).isEmpty();
  }

  /** Returns what the flow carries, where it is something that may turn to TLS. */
  public ServiceSet turning(Guesses guesses) {
    return agreed(guesses).intersection(mayTurnToTls);
  }

  /** Returns whether the bytes are a TLS client's first. */
  public boolean isTlsHello(Flow flow, Payload payload) {
    return any(flow.protocol() == IpProtocol.UDP ? datagramHellos : streamHellos, payload);
  }

  /**
   * Returns what both ends agree on, as far as no parser decides it.
   *
   * @param parsed services that have a parser, which knows better, also of what they carry
   */
  public ServiceSet decide(Guesses guesses, Flow flow, ServiceSet parsed) {
    ServiceSet agreed = agreed(guesses);
    ServiceSet decided = flow.partial ? agreed.minus(needsBeginning) : agreed;
    ServiceSet unparsed = decided.minus(parsed);
    return decided.intersects(parsed) ? unparsed.minus(seenByCarrier) : unparsed;
  }

  /**
   * Returns whether a service that a parser is sure of is named in {@code conn.log}: Zeek's parsers
   * of some do not look into connections whose beginning was not seen.
   */
  public boolean isNamed(Flow flow, Service service) {
    return !flow.partial || !service.isIn(needsBeginning);
  }

  /** Returns what the guesses of both ends have in common, or the one of the only end. */
  private ServiceSet agreed(Guesses guesses) {
    ServiceSet originatorGuess = guesses.originator;
    ServiceSet responderGuess = guesses.responder;
    if (!guesses.responderHeard || (guesses.originatorHeard && responderGuess.isEmpty())) {
      return originatorGuess.minus(serverDecides);
    }
    if (!guesses.originatorHeard || originatorGuess.isEmpty()) {
      return onlyOne(responderGuess);
    }
    ServiceSet both = originatorGuess.intersection(responderGuess);
    return both.isEmpty()
        ? both
        : both.union(originatorGuess.union(responderGuess).intersection(carried));
  }

  /** A greeting that several protocols share decides nothing. */
  private static ServiceSet onlyOne(ServiceSet guess) {
    return guess.size() == 1 ? guess : ServiceSet.EMPTY;
  }
}
