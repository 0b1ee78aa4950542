/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import java.util.Locale;
import java.util.function.Function;

/**
 * The declaration of {@code identity.log}, the journal of bindings: {@link IdentityFile} reads it.
 */
public final class IdentityLog {

  private IdentityLog() {}

  /** Declares the log; it has no counterpart in Zeek. */
  public static LogSchema<Bindings.Change> schema() {
    return LogSchema.<Bindings.Change>named(
            "identity",
            "One record when an address gets an owner, and one when the owner no longer has it.")
        .time("ts", "When it became known.", Bindings.Change::timeNs)
        .enumeration(
            "action",
            "begin or end.",
            (change, out) -> {
              out.put(change.isEnd() ? "end" : "begin");
              return true;
            })
        .address("address", "The address; not set for a port of all nodes.", IdentityLog::address)
        .port(
            "port",
            "The port, where only that is bound.",
            change -> {
              int port = change.binding().place.port();
              return port == Identities.NO_PORT ? LogSchema.UNSET : port & 0xFFFF;
            })
        .enumeration("proto", "tcp or udp, with a port.", IdentityLog::transport)
        .time("from", "From when on the owner may have had it.", change -> change.binding().fromNs)
        .time(
            "until",
            "Until when the owner may have had it.",
            change -> change.isEnd() ? change.binding().untilNs : LogSchema.UNSET)
        .enumeration(
            "source",
            "Who said so: api, report, file or annotation (also by the pod range of a node).",
            (change, out) -> {
              out.put(change.binding().source.name().toLowerCase(Locale.ROOT));
              return true;
            })
        .enumeration(
            "kind",
            "What the owner is: pod, node or service.",
            (change, out) -> {
              out.put(change.binding().owner.kind().name().toLowerCase(Locale.ROOT));
              return true;
            })
        .string("namespace", "Namespace of the pod or service.", text(Owner::namespace))
        .string("pod", "Name of the pod.", text(Owner::pod))
        .string("uid", "Unique id of the pod.", text(Owner::uid))
        .string("node", "The node, or the pod's.", text(Owner::node))
        .string("workload_kind", "Kind of the pod's controller.", text(Owner::workloadKind))
        .string("workload", "Name of the pod's controller.", text(Owner::workload))
        .string("service_account", "The pod's service account.", text(Owner::serviceAccount))
        .string("service", "Name of the service.", text(Owner::service))
        .string("port_name", "Name of the service's port.", text(Owner::portName))
        .stringSet(
            "labels",
            "Labels of the pod, KEY=VALUE, without those that differ between a workload's pods.",
            (change, out) -> set(change.binding().owner.labels(), out))
        .stringSet(
            "containers",
            "Containers of the pod: NAME, or NAME=IMAGE@DIGEST where the API has told.",
            (change, out) -> set(change.binding().owner.containers(), out))
        .build();
  }

  /** Writes the elements of a list with commas. */
  private static boolean set(String list, LineBuffer out) {
    if (list.isEmpty()) {
      return false;
    }
    int from = 0;
    for (int comma = list.indexOf(','); comma >= 0; comma = list.indexOf(',', from)) {
      out.latin1(TextSource.element(list.substring(from, comma))).put(TextSource.SEPARATOR);
      from = comma + 1;
    }
    out.latin1(TextSource.element(list.substring(from)));
    return true;
  }

  private static boolean address(Bindings.Change change, LineBuffer out) {
    Place place = change.binding().place;
    if (place.high() == 0 && place.low() == 0) {
      return false;
    }
    out.address(place.high(), place.low());
    return true;
  }

  private static boolean transport(Bindings.Change change, LineBuffer out) {
    int port = change.binding().place.port();
    if (port == Identities.NO_PORT) {
      return false;
    }
    out.put(port >>> 16 == IpProtocol.UDP ? "udp" : "tcp");
    return true;
  }

  private static TextSource<Bindings.Change> text(Function<Owner, String> field) {
    return (change, out) -> {
      String text = field.apply(change.binding().owner);
      out.put(text);
      return !text.isEmpty();
    };
  }
}
