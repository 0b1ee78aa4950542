/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.CommunityId;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.ProxyHeader;
import io.podtap.sensor.flow.ServiceSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code conn.log}: one record for each flow. */
public final class ConnLog {

  private ConnLog() {}

  /**
   * Declares the log as Zeek has it.
   *
   * @param communityId makes the added column {@code community_id}
   * @param services names of services by their numbers in {@link Flow#services}
   */
  public static LogSchema<Flow> schema(CommunityId communityId, List<String> services) {
    return standard(communityId, services).build();
  }

  /**
   * As above, with the columns of a sensor that hears several taps.
   *
   * @param tapName names a tap by its index
   */
  public static LogSchema<Flow> schema(
      CommunityId communityId, List<String> services, IntFunction<String> tapName) {
    return standard(communityId, services)
        .string(
            "tap.id",
            "The first tap to send a packet of the flow.",
            (flow, out) -> {
              if (flow.taps().first() == Flow.NO_TAP) {
                return false;
              }
              out.put(tapName.apply(flow.taps().first()));
              return true;
            })
        .stringSet(
            "tap.also",
            "Other taps that saw the flow. Each packet counts once, whichever tap has sent it.",
            (flow, out) -> alsoSeenBy(flow, tapName, out))
        .count(
            "tap.only",
            "Packets that the tap in tap.id alone has sent, where others saw the flow.",
            flow -> isShared(flow, tapName) ? flow.taps().soleCount() : LogSchema.UNSET)
        .count(
            "tap.also_only",
            "Packets that one of the taps in tap.also alone has sent.",
            flow -> isShared(flow, tapName) ? flow.taps().otherSoleCount() : LogSchema.UNSET)
        .count(
            "tap.cut_bytes",
            "Bytes that taps or mirrors cut off packets of the flow, which count all the same.",
            flow -> flow.cutBytes)
        .build();
  }

  /** Returns the same columns as the log of flows that are open for long. */
  public static LogSchema<Flow> ofLong(LogSchema<Flow> connections) {
    return connections.renamed(
        "conn_long",
        "Flows that are open for long, as they are then; the columns are those of conn.log.");
  }

  private static LogSchema.Builder<Flow> standard(CommunityId communityId, List<String> services) {
    return LogSchema.<Flow>named("conn", "One record for each flow, written when it has ended.")
        .time("ts", "Time of the first packet.", flow -> flow.startNs)
        .string("uid", "Unique id of the flow.", ConnLog::uid)
        .address(
            "id.orig_h",
            "The originator's address.",
            (flow, out) -> {
              out.address(flow.originatorHigh(), flow.originatorLow());
              return true;
            })
        .port("id.orig_p", "The originator's port; of ICMP, the type.", Flow::originatorPort)
        .address(
            "id.resp_h",
            "The responder's address.",
            (flow, out) -> {
              out.address(flow.responderHigh(), flow.responderLow());
              return true;
            })
        .port(
            "id.resp_p",
            "The responder's port; of ICMP, the reply's type or the code.",
            Flow::responderPort)
        .enumeration(
            "proto",
            "tcp, udp, icmp or unknown_transport.",
            (flow, out) -> {
              out.put(transport(flow.protocol()));
              return true;
            })
        .string(
            "service",
            "Protocols found by content, separated by commas.",
            (flow, out) -> service(flow, services, out))
        .interval(
            "duration",
            "From the first packet to the last; acknowledgments after the close left out.",
            flow -> hasDuration(flow) ? flow.lastNs - flow.startNs : LogSchema.UNSET)
        .count(
            "orig_bytes",
            "Payload of the originator; of TCP, by sequence numbers.",
            flow ->
                hasDuration(flow)
                    ? payload(flow, flow.originator(), flow.responder())
                    : LogSchema.UNSET)
        .count(
            "resp_bytes",
            "Payload of the responder; of TCP, by sequence numbers.",
            flow ->
                hasDuration(flow)
                    ? payload(flow, flow.responder(), flow.originator())
                    : LogSchema.UNSET)
        .string(
            "conn_state",
            "How the connection went; see Zeek's table of states.",
            (flow, out) -> {
              out.put(ConnState.of(flow));
              return true;
            })
        .bool(
            "local_orig",
            "Whether the originator's address is private.",
            flow -> PrivateNetworks.contains(flow.originatorHigh(), flow.originatorLow()) ? 1 : 0)
        .bool(
            "local_resp",
            "Whether the responder's address is private.",
            flow -> PrivateNetworks.contains(flow.responderHigh(), flow.responderLow()) ? 1 : 0)
        .count(
            "missed_bytes", "Bytes that were acknowledged and not seen.", flow -> flow.missedBytes)
        .string(
            "history",
            "What happened in which order; upper case by the originator; see Zeek's table.",
            (flow, out) -> {
              for (int i = 0; i < flow.historyLength(); i++) {
                out.put(flow.history(i));
              }
              return flow.historyLength() > 0;
            })
        .count("orig_pkts", "Packets of the originator.", flow -> flow.originator().packets)
        .count(
            "orig_ip_bytes",
            "Bytes of the originator's packets, IP headers included.",
            flow -> flow.originator().ipBytes)
        .count("resp_pkts", "Packets of the responder.", flow -> flow.responder().packets)
        .count(
            "resp_ip_bytes",
            "Bytes of the responder's packets, IP headers included.",
            flow -> flow.responder().ipBytes)
        .stringSet(
            "tunnel_parents",
            "Unique ids of the tunnels that the flow came through.",
            ConnLog::parents)
        .count("ip_proto", "Protocol number of the IP header.", Flow::protocol)
        .string(
            "community_id",
            "Community ID version 1.",
            (flow, out) -> {
              out.put("1:").base64(communityId.of(flow), CommunityId.LENGTH);
              return true;
            })
        .of(flow -> flow)
        .rare(flow -> flow.proxy() != null, ConnLog::proxyColumns);
  }

  /** What a load balancer told in front of the connection, with the PROXY protocol. */
  private static LogSchema.Builder<Flow> proxyColumns(LogSchema.Builder<Flow> log) {
    return log.count(
            "proxy.version",
            "Version of the PROXY protocol in front of the connection.",
            flow -> proxy(flow, header -> header.version()))
        .bool(
            "proxy.local",
            "Whether the balancer opened the connection for itself.",
            flow -> proxy(flow, header -> header.isLocal() ? 1 : 0))
        .address(
            "proxy.orig_h",
            "The client's address, as the balancer says.",
            (flow, out) -> {
              ProxyHeader header = addressed(flow);
              if (header != null) {
                out.address(header.originatorHigh(), header.originatorLow());
              }
              return header != null;
            })
        .port(
            "proxy.orig_p",
            "The client's port.",
            flow -> proxyPort(flow, header -> header.originatorPort()))
        .address(
            "proxy.resp_h",
            "The address that the client connected to.",
            (flow, out) -> {
              ProxyHeader header = addressed(flow);
              if (header != null) {
                out.address(header.responderHigh(), header.responderLow());
              }
              return header != null;
            })
        .port(
            "proxy.resp_p",
            "The port that the client connected to.",
            flow -> proxyPort(flow, header -> header.responderPort()))
        .wire(
            "proxy.authority",
            "The host name that the client asked for.",
            flow -> proxyName(flow, ProxyHeader.AUTHORITY))
        .wire(
            "proxy.alpn",
            "The protocol that the client and the balancer speak.",
            flow -> proxyName(flow, ProxyHeader.ALPN))
        .wire(
            "proxy.tls_version",
            "The version of TLS between the client and the balancer.",
            flow -> proxyName(flow, ProxyHeader.TLS_VERSION))
        .wire(
            "proxy.client_name",
            "The common name in the client's certificate.",
            flow -> proxyName(flow, ProxyHeader.CLIENT_NAME))
        .wire(
            "proxy.unique_id",
            "The balancer's id of the connection, in hexadecimal digits.",
            flow -> proxyName(flow, ProxyHeader.UNIQUE_ID))
        .wire(
            "proxy.netns",
            "The network namespace that the client came from.",
            flow -> proxyName(flow, ProxyHeader.NAMESPACE))
        .wire(
            "proxy.endpoint",
            "The cloud's private endpoint that the client came by.",
            flow -> proxyName(flow, ProxyHeader.ENDPOINT));
  }

  private static long proxy(Flow flow, ToLongFunction<ProxyHeader> value) {
    ProxyHeader header = flow.proxy();
    return header == null ? LogSchema.UNSET : value.applyAsLong(header);
  }

  private static long proxyPort(Flow flow, ToLongFunction<ProxyHeader> value) {
    ProxyHeader header = addressed(flow);
    return header == null ? LogSchema.UNSET : value.applyAsLong(header);
  }

  private static @Nullable ProxyHeader addressed(Flow flow) {
    ProxyHeader header = flow.proxy();
    return header == null || !header.hasAddresses() ? null : header;
  }

  private static @Nullable String proxyName(Flow flow, String name) {
    ProxyHeader header = flow.proxy();
    return header == null ? null : header.names().get(name);
  }

  private static boolean uid(Flow flow, LineBuffer out) {
    out.put('C').base62(flow.uidHigh(), flow.uidLow());
    return true;
  }

  private static boolean parents(Flow flow, LineBuffer out) {
    for (int i = 0; i < flow.parentCount(); i++) {
      separate(out, i);
      out.put('C').base62(flow.parentHigh(i), flow.parentLow(i));
    }
    return flow.parentCount() > 0;
  }

  /** A tap has two indexes where it was heard on several ports before its first report. */
  private static boolean alsoSeenBy(Flow flow, IntFunction<String> tapName, LineBuffer out) {
    int count = 0;
    for (int i = 0; i < flow.taps().otherCount(); i++) {
      if (isAnother(flow, i, tapName)) {
        separate(out, count++);
        out.put(tapName.apply(flow.taps().other(i)));
      }
    }
    return count > 0;
  }

  private static boolean isShared(Flow flow, IntFunction<String> tapName) {
    for (int i = 0; i < flow.taps().otherCount(); i++) {
      if (isAnother(flow, i, tapName)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAnother(Flow flow, int at, IntFunction<String> tapName) {
    return !tapName.apply(flow.taps().other(at)).equals(tapName.apply(flow.taps().first()));
  }

  private static void separate(LineBuffer out, int at) {
    if (at > 0) {
      out.put(TextSource.SEPARATOR);
    }
  }

  private static String transport(int protocol) {
    return switch (protocol) {
      case IpProtocol.TCP -> "tcp";
      case IpProtocol.UDP -> "udp";
      case IpProtocol.ICMP, IpProtocol.ICMPV6 -> "icmp";
      default -> "unknown_transport";
    };
  }

  private static boolean service(Flow flow, List<String> names, LineBuffer out) {
    ServiceSet services = flow.services();
    int last = -1;
    int left = services.size();
    for (int count = 0; count < left; count++) {
      last = following(services, names, last);
      if (count > 0) {
        out.put(',');
      }
      out.put(names.get(last));
    }
    return left > 0;
  }

  /** Returns the number of the service whose name comes next after {@code last}'s. */
  private static int following(ServiceSet services, List<String> names, int last) {
    int next = -1;
    for (int number = services.next(0); number >= 0; number = services.next(number + 1)) {
      boolean isBehind = last < 0 || names.get(number).compareTo(names.get(last)) > 0;
      if (isBehind && (next < 0 || names.get(number).compareTo(names.get(next)) < 0)) {
        next = number;
      }
    }
    return next;
  }

  private static boolean hasDuration(Flow flow) {
    return flow.lastNs > flow.startNs;
  }

  private static long payload(Flow flow, FlowEnd end, FlowEnd peer) {
    return flow.protocol() == IpProtocol.TCP
        ? end.streamBytes(peer)
        : Math.max(end.payloadBytes, 0);
  }
}
