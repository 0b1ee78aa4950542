/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The declarations of all detections about workloads. */
public final class ClusterDetections {

  private static final ClusterSettings STANDARD = ClusterSettings.standard();

  private static final List<DetectionKind> ALL =
      List.of(
          learning(
                  "edges",
                  "First connections of a workload to others and to destinations outside.",
                  ClusterNotice.NEW_EDGE,
                  ClusterNotice.NEW_EXTERNAL_DESTINATION)
              .starts(ClusterDetections::edges)
              .build(),
          learning(
                  "protocols",
                  "Protocols on ports that have carried others so far.",
                  ClusterNotice.UNEXPECTED_PROTOCOL)
              .starts(learned(UnexpectedProtocols::new))
              .build(),
          learning(
                  "metadata",
                  "Requests to the metadata service of the cloud.",
                  ClusterNotice.METADATA_ACCESS)
              .starts(learned(Metadata::new))
              .build(),
          learning(
                  "control-plane",
                  "Connections to kubelets, etcd and the API server by workloads that never made"
                      + " any.",
                  ClusterNotice.KUBELET_ACCESS,
                  ClusterNotice.ETCD_ACCESS,
                  ClusterNotice.API_SERVER_ACCESS)
              .starts(learned(ControlPlane::new))
              .build(),
          declared("mining", "Mining protocols and names of pools.", ClusterNotice.MINING)
              .starts(started(() -> new Mining()))
              .build(),
          declared(
                  "jndi",
                  "JNDI lookups in requests, and connections to the servers that they name.",
                  ClusterNotice.JNDI_LOOKUP,
                  ClusterNotice.JNDI_CALLBACK)
              .starts(started(() -> new Lookups(STANDARD)))
              .build(),
          declared(
                  "shells",
                  "Shells from either end of a connection, and behind pages.",
                  ClusterNotice.REVERSE_SHELL,
                  ClusterNotice.BIND_SHELL,
                  ClusterNotice.WEB_SHELL)
              .starts(started(() -> new Shells()))
              .build(),
          declared(
                  "guessing",
                  "Failed logins at Redis, PostgreSQL, MySQL, LDAP and HTTP.",
                  ClusterNotice.PASSWORD_GUESSING)
              .count("guessing.threshold", STANDARD.guesses(), "Failed logins that are guessing.")
              .seconds(
                  "guessing.window",
                  STANDARD.guessingNs() / ClusterSettings.SECOND_NS,
                  "Time in which they must come.")
              .starts(context ->
                  new WatcherDetection(
                      (_, _) ->
                          new Guessing(
                              (int) context.options().count("guessing.threshold"),
                              context.options().ns("guessing.window"),
                              STANDARD.tableBytesMax()),
                      STANDARD,
                      context))
              .build(),
          declared("dns-tunnels", "Data in names of DNS.", ClusterNotice.DNS_TUNNEL)
              .count(
                  "dns-tunnels.names",
                  STANDARD.tunnelNames(),
                  "Different names below one registered domain in ten minutes that are a tunnel.")
              .starts(context ->
                  new WatcherDetection(
                      (_, _) ->
                          new DnsTunnels(
                              (int) context.options().count("dns-tunnels.names"),
                              STANDARD.tableBytesMax()),
                      STANDARD,
                      context))
              .build(),
          learning("beacons", "Regular connections to destinations outside.", ClusterNotice.BEACON)
              .count(
                  "beacons.connections",
                  STANDARD.beaconConnections(),
                  "Connections that a beacon has at least; the last 32 count.")
              .seconds(
                  "beacons.span",
                  STANDARD.beaconSpanNs() / ClusterSettings.SECOND_NS,
                  "Time that they cover at least.")
              .count("beacons.score", STANDARD.beaconScore(), "Least score, of 100.")
              .starts(ClusterDetections::beacons)
              .build(),
          learning(
                  "volumes",
                  "Far more data to destinations outside than usual.",
                  ClusterNotice.VOLUME_OUT)
              .count(
                  "volumes.bytes",
                  STANDARD.volumeBytesMin(),
                  "Bytes in ten minutes below which nothing is noticed.")
              .count(
                  "volumes.factor",
                  STANDARD.volumeFactor(),
                  "How many times the largest usual volume is too much.")
              .starts(ClusterDetections::volumes)
              .build(),
          declared(
                  "clear-text",
                  "Passwords, tokens and Secrets in clear text.",
                  ClusterNotice.CLEAR_TEXT_CREDENTIALS,
                  ClusterNotice.TOKEN_EXPOSED,
                  ClusterNotice.SECRET_EXPOSED)
              .starts(started(() -> new ClearText()))
              .build(),
          declared(
                  "movement",
                  "Workloads that were attacked and attack others.",
                  ClusterNotice.LATERAL_MOVEMENT)
              .starts(started(() -> new Movement(STANDARD)))
              .build(),
          declared(
                  "lost-evidence",
                  "Taps that lose packets or show nothing of their pod.",
                  ClusterNotice.LOST_EVIDENCE,
                  ClusterNotice.TAP_SILENT)
              .count(
                  "lost-evidence.percent",
                  STANDARD.lossPercent(),
                  "Packets in a hundred between two reports whose loss is allowed.")
              .starts(context ->
                  new WatcherDetection(
                      (_, _) ->
                          new LostEvidence(
                              (int) context.options().count("lost-evidence.percent"),
                              STANDARD.tableBytesMax()),
                      STANDARD,
                      context))
              .build());

  private ClusterDetections() {}

  /** Returns every detection about workloads, in the order of the documentation. */
  public static List<DetectionKind> all() {
    return ALL;
  }

  private static DetectionKind.Builder declared(
      String name, String meaning, ClusterNotice... notices) {
    DetectionKind.Builder builder = DetectionKind.named(name, meaning);
    for (ClusterNotice notice : notices) {
      notice.declare(builder);
    }
    return builder;
  }

  /** Begins the declaration of a detection that learns. */
  private static DetectionKind.Builder learning(
      String name, String meaning, ClusterNotice... notices) {
    return declared(name, meaning, notices)
        .seconds(
            ClusterSettings.LEARNING,
            STANDARD.learningNs() / ClusterSettings.SECOND_NS,
            "How long a workload is watched before what it does is new; the same for all"
                + " detections that learn.");
  }

  private static Function<DetectionContext, Detection> started(Supplier<Watcher> maker) {
    return context -> new WatcherDetection((_, _) -> maker.get(), STANDARD, context);
  }

  private static Function<DetectionContext, Detection> learned(
      BiFunction<ClusterSettings, Learning, Watcher> maker) {
    return context -> learned(maker, STANDARD.learning(context.options()), context);
  }

  private static WatcherDetection learned(
      BiFunction<ClusterSettings, Learning, Watcher> maker,
      ClusterSettings settings,
      DetectionContext context) {
    return new WatcherDetection(
        (learning, _) -> maker.apply(settings, learning), settings, context);
  }

  private static WatcherDetection edges(DetectionContext context) {
    ClusterSettings settings = STANDARD.learning(context.options());
    return new WatcherDetection(
        (learning, names) -> new NewEdges(settings, learning, names.get()), settings, context);
  }

  private static WatcherDetection beacons(DetectionContext context) {
    ClusterSettings settings = STANDARD.learning(context.options()).beacons(context.options());
    return new WatcherDetection(
        (learning, names) -> new Beacons(settings, learning, names.get()), settings, context);
  }

  private static WatcherDetection volumes(DetectionContext context) {
    ClusterSettings settings = STANDARD.learning(context.options()).volumes(context.options());
    return learned(Volumes::new, settings, context);
  }
}
