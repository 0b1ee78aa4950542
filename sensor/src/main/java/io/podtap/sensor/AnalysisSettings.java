package io.podtap.sensor;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.track.Tracker;
import java.util.EnumSet;
import java.util.Set;

/**
 * How packets are analysed.
 *
 * @param tunnelDepthMax tunnels in one another that are followed
 * @param fileHashes what is taken of every file: md5, sha1, sha256, separated by commas
 * @param parsed protocols that are parsed, as far as there are parsers; others are only recognised
 */
public record AnalysisSettings(
    Tracker.Settings tracking, int tunnelDepthMax, String fileHashes, Set<Service> parsed) {

  public AnalysisSettings {
    parsed = Set.copyOf(parsed);
  }

  /** Tunnels in tunnels that are followed unless said otherwise: Zeek follows as many. */
  public static final int TUNNEL_DEPTH_DEFAULT = 4;

  /** What is analysed when nothing is asked for. */
  public static AnalysisSettings standard(Tracker.Settings tracking) {
    return new AnalysisSettings(tracking, TUNNEL_DEPTH_DEFAULT, "", EnumSet.allOf(Service.class));
  }
}
