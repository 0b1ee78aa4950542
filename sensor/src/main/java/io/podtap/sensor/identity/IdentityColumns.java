/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.FlowColumns;
import io.podtap.sensor.log.LogSchema;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The columns {@code k8s.*} of any log whose records belong to flows, and in {@code conn.log} the
 * column {@code resp_name} as well. One thread.
 */
final class IdentityColumns implements FlowColumns {

  private final FlowOwners owners;
  private final @Nullable AskedNames names;
  private final LogSchema<Flow> schema;

  /**
   * @param names adds {@code resp_name}; null for a log that does not have it
   */
  IdentityColumns(FlowOwners owners, @Nullable AskedNames names) {
    this.owners = owners;
    this.names = names;
    LogSchema.Builder<Flow> columns =
        LogSchema.<Flow>named("identity-columns", "What stands behind the columns of other logs.");
    end(columns, "k8s.orig.", "originator", FlowOwners.Ends::originator);
    end(columns, "k8s.resp.", "responder", FlowOwners.Ends::responder);
    columns
        .string(
            "k8s.resp.service",
            "The service that the responder's address, or port of a node, belongs to.",
            text(FlowOwners.Ends::responder, Owner::service))
        .string(
            "k8s.resp.service_port",
            "Name of the service's port.",
            text(FlowOwners.Ends::responder, Owner::portName))
        .bool(
            "k8s.late",
            "Set when the record was written before the API had told who was there: a missing name"
                + " may be in identity.log, and a name that is there may be an earlier one.",
            flow -> owners.found(flow).isLate() ? 1 : LogSchema.UNSET);
    if (names != null) {
      columns.wire(
          "resp_name",
          "The name for which the originator last got the responder's address from DNS.",
          names::of);
    }
    this.schema = columns.build();
  }

  private void end(
      LogSchema.Builder<Flow> columns,
      String prefix,
      String whose,
      Function<FlowOwners.Ends, Owner> end) {
    columns
        .string(
            prefix + "namespace",
            "Namespace of the " + whose + "'s pod or service.",
            text(end, Owner::namespace))
        .string(prefix + "pod", "The " + whose + "'s pod.", text(end, Owner::pod))
        .string(
            prefix + "workload",
            "The "
                + whose
                + "'s workload: kind and name of the controller, Pod and a name without one, or"
                + " world for an address outside of the cluster.",
            text(end, Owner::workloadText))
        .string(
            prefix + "node",
            "The node of the " + whose + "'s pod, or the node that has the address.",
            text(end, Owner::node))
        .string(
            prefix + "service_account",
            "Service account of the " + whose + "'s pod.",
            text(end, Owner::serviceAccount));
  }

  private io.podtap.sensor.log.TextSource<Flow> text(
      Function<FlowOwners.Ends, Owner> end, Function<Owner, String> field) {
    return (flow, out) -> {
      String text = field.apply(end.apply(owners.found(flow)));
      out.put(text);
      return !text.isEmpty();
    };
  }

  @Override
  public LogSchema<Flow> schema() {
    return schema;
  }

  @Override
  public boolean prepare(Flow flow) {
    return owners.find(flow).isKnown() || names != null;
  }

  @Override
  public byte @Nullable [] known(Flow flow) {
    return names == null ? owners.found(flow).json() : null;
  }

  @Override
  public void keep(Flow flow, byte[] json) {
    if (names == null) {
      owners.found(flow).json(json);
    }
  }
}
