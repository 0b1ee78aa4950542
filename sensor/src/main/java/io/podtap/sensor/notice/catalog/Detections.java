/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import io.podtap.sensor.intel.Intelligence;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.cluster.ClusterDetections;
import io.podtap.sensor.notice.inventory.KnownCertificates;
import io.podtap.sensor.notice.inventory.KnownHosts;
import io.podtap.sensor.notice.inventory.KnownServices;
import io.podtap.sensor.notice.inventory.SoftwareInventory;
import io.podtap.sensor.notice.zeek.CaptureLoss;
import io.podtap.sensor.notice.zeek.CertificateDates;
import io.podtap.sensor.notice.zeek.Cryptomining;
import io.podtap.sensor.notice.zeek.ExternalNames;
import io.podtap.sensor.notice.zeek.FtpGuessing;
import io.podtap.sensor.notice.zeek.Heartbleed;
import io.podtap.sensor.notice.zeek.Log4j;
import io.podtap.sensor.notice.zeek.LongConnections;
import io.podtap.sensor.notice.zeek.OddPorts;
import io.podtap.sensor.notice.zeek.Scans;
import io.podtap.sensor.notice.zeek.SqlInjection;
import io.podtap.sensor.notice.zeek.SshGuessing;
import io.podtap.sensor.notice.zeek.WeakKeys;
import java.util.List;
import java.util.stream.Stream;

/** All detections: the one place where a detection is registered. */
public final class Detections {

  /** Those that Zeek has. */
  private static final List<DetectionKind> ZEEK =
      List.of(
          KnownHosts.KIND,
          KnownServices.KIND,
          KnownCertificates.KIND,
          SoftwareInventory.KIND,
          Intelligence.KIND,
          Scans.KIND,
          SshGuessing.KIND,
          FtpGuessing.KIND,
          SqlInjection.KIND,
          ExternalNames.KIND,
          CertificateDates.KIND,
          WeakKeys.KIND,
          OddPorts.KIND,
          LongConnections.KIND,
          CaptureLoss.KIND,
          Heartbleed.KIND,
          Log4j.KIND,
          Cryptomining.KIND);

  private static final List<DetectionKind> ALL =
      Stream.concat(ZEEK.stream(), ClusterDetections.all().stream()).toList();

  private Detections() {}

  /** Returns every detection, in the order of the documentation. */
  public static List<DetectionKind> all() {
    return ALL;
  }
}
