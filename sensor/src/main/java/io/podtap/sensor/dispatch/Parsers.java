/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.requests.Requests;
import io.podtap.sensor.parse.x509.Certificates;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.ParserList;
import io.podtap.sensor.protocol.ParserResources;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.service.PortTable;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.tunnel.TunnelRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The parsers of one analysis, found by service and by port. One thread. */
public final class Parsers {

  private static final long TABLE_BYTES_MAX = 4 << 20;

  /** By the number of the service. */
  private final @Nullable StreamProtocol[] streams =
      new @Nullable StreamProtocol[ServiceSet.NUMBER_MAX + 1];

  /** By the number of the service. */
  private final @Nullable MessageProtocol[] messages =
      new @Nullable MessageProtocol[ServiceSet.NUMBER_MAX + 1];

  private final List<StreamProtocol> streamList = new ArrayList<>();
  private final List<DatagramProtocol> datagramList = new ArrayList<>();
  private ServiceSet streamServices = ServiceSet.EMPTY;
  private ServiceSet datagramServices = ServiceSet.EMPTY;
  private ServiceSet partialServices = ServiceSet.EMPTY;
  private final PortTable.Builder streamPorts = new PortTable.Builder();
  private final PortTable.Builder datagramPorts = new PortTable.Builder();
  private PortTable streamsByPort = streamPorts.build();
  private PortTable datagramsByPort = datagramPorts.build();

  /** Makes an empty list. */
  public Parsers() {}

  /** Returns every protocol that the sensor understands. */
  public static Parsers standard(LogSink sink, Files files) {
    return standard(sink, files, new TunnelRecorder(sink), service -> true, TABLE_BYTES_MAX);
  }

  /**
   * As above, those alone that are wanted; the others are recognised, not parsed.
   *
   * @param tableBytesMax heap for each table that a protocol keeps for all flows together
   */
  public static Parsers standard(
      LogSink sink,
      Files files,
      TunnelRecorder tunnels,
      Predicate<Service> wanted,
      long tableBytesMax) {
    Parsers parsers = new Parsers();
    Wanted list = new Wanted(parsers, wanted);
    ParserResources resources =
        new ParserResources(
            sink,
            files,
            new Certificates(sink, files, tableBytesMax),
            tunnels,
            new Requests(sink),
            tableBytesMax);
    for (Declaration declaration : Protocols.all()) {
      declaration.makeParsers(resources, list);
    }
    for (Declaration declaration : Protocols.all()) {
      Service service = declaration.service();
      if (service.isIn(parsers.streamServices)) {
        parsers.streamPorts.add(service, declaration.parsedPorts(Transport.TCP));
      }
      if (service.isIn(parsers.datagramServices)) {
        parsers.datagramPorts.add(service, declaration.parsedPorts(Transport.UDP));
      }
    }
    parsers.streamsByPort = parsers.streamPorts.build();
    parsers.datagramsByPort = parsers.datagramPorts.build();
    return parsers;
  }

  /** Takes what is wanted. */
  private record Wanted(Parsers parsers, Predicate<Service> wanted) implements ParserList {

    @Override
    public void add(StreamProtocol protocol) {
      if (wanted.test(protocol.service())) {
        parsers.with(protocol);
      }
    }

    @Override
    public void add(DatagramProtocol protocol) {
      if (wanted.test(protocol.service())) {
        parsers.with(protocol);
      }
    }

    @Override
    public void add(MessageProtocol protocol) {
      if (wanted.test(protocol.service())) {
        parsers.with(protocol);
      }
    }
  }

  /** Adds a protocol inside the messages of others; it replaces one of the same service. */
  public Parsers with(MessageProtocol protocol) {
    messages[protocol.service().number()] = protocol;
    return this;
  }

  /**
   * Adds a protocol over TCP; it replaces one of the same service.
   *
   * @param ports where it is begun before the bytes tell, with those that are known
   */
  public Parsers with(StreamProtocol protocol, int... ports) {
    Service service = protocol.service();
    streams[service.number()] = protocol;
    streamList.removeIf(other -> other.service() == service);
    streamList.add(protocol);
    streamServices = streamServices.union(service.alone());
    if (protocol.followsPartial()) {
      partialServices = partialServices.union(service.alone());
    }
    streamsByPort = streamPorts.add(service, ports).build();
    return this;
  }

  /**
   * Adds a protocol over UDP; it replaces one of the same service.
   *
   * @param ports where it is begun before the bytes tell, with those that are known
   */
  public Parsers with(DatagramProtocol protocol, int... ports) {
    Service service = protocol.service();
    datagramList.removeIf(other -> other.service() == service);
    datagramList.add(protocol);
    datagramServices = datagramServices.union(service.alone());
    datagramsByPort = datagramPorts.add(service, ports).build();
    return this;
  }

  /** Returns the protocol over TCP that is called so, or null. */
  public @Nullable StreamProtocol stream(Service service) {
    return streams[service.number()];
  }

  /** Returns the protocol inside the messages of others that is called so, or null. */
  public @Nullable MessageProtocol message(Service service) {
    return messages[service.number()];
  }

  /** Returns the protocols inside the messages of others. */
  public List<MessageProtocol> messages() {
    List<MessageProtocol> found = new ArrayList<>();
    for (MessageProtocol protocol : messages) {
      if (protocol != null) {
        found.add(protocol);
      }
    }
    return found;
  }

  /** Returns the protocols over TCP. */
  public List<StreamProtocol> streams() {
    return List.copyOf(streamList);
  }

  /** Returns the protocols over UDP. */
  public List<DatagramProtocol> datagrams() {
    return List.copyOf(datagramList);
  }

  /** Returns how many protocols over TCP there are. */
  int streamCount() {
    return streamList.size();
  }

  /** Returns one of the protocols over TCP, in order of precedence. */
  StreamProtocol streamAt(int index) {
    return streamList.get(index);
  }

  /** Returns how many protocols over UDP there are. */
  int datagramCount() {
    return datagramList.size();
  }

  /** Returns one of the protocols over UDP, in order of precedence. */
  DatagramProtocol datagramAt(int index) {
    return datagramList.get(index);
  }

  /** Returns the services over TCP that there are. */
  ServiceSet streamServices() {
    return streamServices;
  }

  /** Returns the services over UDP that there are. */
  ServiceSet datagramServices() {
    return datagramServices;
  }

  /** Returns the services over TCP that may begin in the middle. */
  ServiceSet partialServices() {
    return partialServices;
  }

  /** Returns the services over TCP that a connection to this port is taken for. */
  ServiceSet streamsByPort(int responderPort) {
    return streamsByPort.at(responderPort);
  }

  /** Returns the services over UDP that a flow to this port is taken for. */
  ServiceSet datagramsByPort(int responderPort) {
    return datagramsByPort.at(responderPort);
  }
}
