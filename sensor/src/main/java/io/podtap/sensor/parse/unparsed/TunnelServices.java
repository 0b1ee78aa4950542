/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.unparsed;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/**
 * Tunnels over UDP, which are found packet by packet and not by signatures.
 *
 * @see "RFC 7348; RFC 8926; 3GPP TS 29.281; RFC 4380; AYIYA draft"
 */
public final class TunnelServices {

  public static final Service VXLAN = Service.named("vxlan");
  public static final Service GENEVE = Service.named("geneve");
  public static final Service GTP = Service.named("gtpv1");
  public static final Service TEREDO = Service.named("teredo");
  public static final Service AYIYA = Service.named("ayiya");

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(VXLAN).serverPorts(Transport.UDP, 4_789),
          Declaration.of(GENEVE).serverPorts(Transport.UDP, 6_081),
          Declaration.of(GTP).serverPorts(Transport.UDP, 2_123, 2_152),
          Declaration.of(TEREDO).serverPorts(Transport.UDP, 3_544),
          Declaration.of(AYIYA).serverPorts(Transport.UDP, 5_072));

  private TunnelServices() {}
}
