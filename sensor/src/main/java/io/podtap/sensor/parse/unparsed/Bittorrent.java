/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.unparsed;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import java.util.List;

/**
 * BitTorrent between peers.
 *
 * @see "BEP 3, peer protocol"
 */
public final class Bittorrent {

  private static final String HANDSHAKE = "\u0013BitTorrent protocol";

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.named("bittorrent", "BitTorrent"))
              .bothEnds("\u0013", Signature.alone(first -> first.has(0, HANDSHAKE))));

  private Bittorrent() {}
}
