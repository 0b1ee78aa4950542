package io.podtap.sensor;

import io.podtap.sensor.track.Tracker;

/**
 * How packets are analysed.
 *
 * @param tunnelDepthMax tunnels in one another that are followed
 */
public record AnalysisSettings(Tracker.Settings tracking, int tunnelDepthMax) {}
