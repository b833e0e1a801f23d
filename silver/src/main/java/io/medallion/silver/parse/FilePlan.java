package io.medallion.silver.parse;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which task writes which rows of a chunk. Each task makes a file of each day of which it has rows;
 * late events are of many days, so that a commit would have as many files as tasks times days. It
 * has at most as many as cores and days together: what a task has of a day stays with it where that
 * is much, and of the rest each day is brought together.
 */
final class FilePlan implements Serializable {
  private static final long serialVersionUID = 1;

  /** A group of less than such a part of what a core has to do is not worth a file. */
  private static final int SMALL = 8;

  /**
   * What one task has of one day.
   *
   * @param partition the task's, of the parsed chunk
   * @param day days since 1970
   * @param rows how many, at least one
   */
  record Group(int partition, int day, long rows) {}

  /** Groups of one day that are to be one file. */
  private static final class Part {
    private final List<Group> groups = new ArrayList<>();
    private long rows;

    void add(Group group) {
      groups.add(group);
      rows += group.rows();
    }
  }

  private final Map<Long, Integer> taskOf;
  private final int tasks;
  private final int files;

  private FilePlan(Map<Long, Integer> taskOf, int tasks, int files) {
    this.taskOf = taskOf;
    this.tasks = tasks;
    this.files = files;
  }

  /** Of some groups, no two of the same partition and day. */
  static FilePlan of(List<Group> groups, int cores) {
    int most = cores + (int) groups.stream().map(Group::day).distinct().count();
    int staying = groups.size();
    if (staying <= most) {
      return new FilePlan(Map.of(), 0, staying);
    }
    // Of as many rows as a core has to do a file is large enough.
    long share = parts(groups.stream().mapToLong(Group::rows).sum(), cores);
    Map<Integer, Part> open = new HashMap<>();
    List<Part> parts = new ArrayList<>();
    for (Group group : groups.stream().sorted(Comparator.comparingLong(Group::rows)).toList()) {
      if (staying + parts.size() <= most && group.rows() >= share / SMALL) {
        break;
      }
      Part part = open.get(group.day());
      if (part == null || part.rows >= share) {
        part = new Part();
        open.put(group.day(), part);
        parts.add(part);
      }
      part.add(group);
      staying--;
    }
    int files = staying + parts.size();
    parts.removeIf(part -> part.groups.size() == 1);
    return divided(parts, share, cores, files);
  }

  /** Neighbouring days to the same task, about as many rows to each. */
  private static FilePlan divided(List<Part> parts, long share, int cores, int files) {
    parts.sort(Comparator.comparingInt(part -> part.groups.get(0).day()));
    long moved = parts.stream().mapToLong(part -> part.rows).sum();
    int tasks = (int) Math.min(cores, parts(moved, share));
    Map<Long, Integer> taskOf = new HashMap<>();
    long before = 0;
    for (Part part : parts) {
      int task = (int) (before * tasks / moved);
      part.groups.forEach(group -> taskOf.put(key(group.partition(), group.day()), task));
      before += part.rows;
    }
    return new FilePlan(taskOf, tasks, files);
  }

  private static long parts(long all, long each) {
    return (all + each - 1) / each;
  }

  private static long key(int partition, int day) {
    return (long) partition << Integer.SIZE | Integer.toUnsignedLong(day);
  }

  /** How many tasks there are for rows that do not stay where they are; 0 if all do. */
  int tasks() {
    return tasks;
  }

  /** How many files there will be at most. */
  int files() {
    return files;
  }

  /** Whether a partition's rows of a day are written by its own task. */
  boolean stays(int partition, int day) {
    return taskOf.isEmpty() || !taskOf.containsKey(key(partition, day));
  }

  /**
   * Which of the other tasks writes them.
   *
   * @return from 0 up to {@link #tasks}
   */
  int task(int partition, int day) {
    return taskOf.get(key(partition, day));
  }

  @Override
  public String toString() {
    return "%d files, %d groups moved to %d tasks: %s"
        .formatted(
            files,
            taskOf.size(),
            tasks,
            taskOf.values().stream()
                .collect(Collectors.groupingBy(task -> task, Collectors.counting())));
  }
}
