package io.medallion.gold.source;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.TableVersion;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Some versions of silver that are merged at once.
 *
 * @param versions in order, at least one
 */
public record SilverVersions(List<TableVersion> versions) {

  /**
   * Versions in groups of a bounded number of rows; a version is never split.
   *
   * @throws MedallionException if one is neither silver's own nor a marked rewrite
   */
  public static List<SilverVersions> grouped(List<TableVersion> versions, long mostRows) {
    List<SilverVersions> groups = new ArrayList<>();
    List<TableVersion> open = new ArrayList<>();
    long rows = 0;
    for (TableVersion version : versions) {
      requireOurs(version);
      if (rows > 0 && rows + version.rows() > mostRows) {
        groups.add(new SilverVersions(List.copyOf(open)));
        open.clear();
        rows = 0;
      }
      open.add(version);
      rows += version.rows();
    }
    groups.add(new SilverVersions(List.copyOf(open)));
    return groups;
  }

  /** Groups that follow each other, as one. */
  public static SilverVersions joined(List<SilverVersions> groups) {
    return new SilverVersions(groups.stream().flatMap(group -> group.versions().stream()).toList());
  }

  /** The last of them. */
  public TableVersion last() {
    return versions.get(versions.size() - 1);
  }

  /** The event days that rewrites among them replaced. */
  public Set<LocalDate> replacedDays() {
    Set<LocalDate> days = new TreeSet<>();
    versions.forEach(
        version -> version.metadata().map(ReplayMetadata::days).ifPresent(days::addAll));
    return days;
  }

  /** The files with rows of other days. */
  public List<TableFile> addedOutside(Set<LocalDate> days) {
    return versions.stream()
        .flatMap(version -> version.added().stream())
        .filter(file -> !days.contains(file.partition()))
        .toList();
  }

  /**
   * Silver sets its counters in every commit that brings rows; {@code RESTORE}, {@code DELETE} and
   * other tools do not.
   */
  private static void requireOurs(TableVersion version) {
    boolean changed = version.removed() > 0 || !version.added().isEmpty();
    boolean append = version.removed() == 0 && version.state().has(TableState.SEQ);
    boolean metadata =
        version
            .metadata()
            .filter(r -> version.added().stream().allMatch(f -> r.days().contains(f.partition())))
            .isPresent();
    if (changed && !append && !metadata) {
      throw new MedallionException(
          ErrorCode.LAKE_UNMARKED_REWRITE,
          "Version %d of the silver table added, changed or removed rows and is neither silver's nor a backfill's"
              .formatted(version.version()),
          "Gold's numbers would no longer follow from silver's rows.",
          "Make silver and gold anew: docs/runbook.md#lake_versions_gone says how.");
    }
  }
}
