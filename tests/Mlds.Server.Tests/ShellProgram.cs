namespace Mlds.Server.Tests;

/// <summary>
/// A whole BOINC application in 40 lines of shell: it follows the soft links, goes on from its checkpoint, reports its progress and obeys
/// quit and abort in the memory file that it shares with the client, and turns its input into capitals. Lines after the first are
/// <c>sleep N</c> (tenths of a second of work) and <c>bytes N</c> (length of the output).
/// </summary>
static class ShellProgram
{
    public const string Text =
        """
        #!/bin/bash
        # channel N: its full flag and text; 0 is control, 5 is status
        channel() { dd if=boinc_mmap_file bs=1 skip=$(($1 * 1024)) count=64 2>/dev/null | tr -d '\0'; }
        put() { printf "\\1$2\\0" | dd of=boinc_mmap_file bs=1 seek=$(($1 * 1024)) conv=notrunc 2>/dev/null; }
        clear() { printf '\0' | dd of=boinc_mmap_file bs=1 seek=$(($1 * 1024)) conv=notrunc 2>/dev/null; }
        resolve() {
          local line
          read -r line <"$1" || true
          if [[ "$line" == "<soft_link>"* ]]; then line="${line#<soft_link>}"; echo "${line%</soft_link>*}"; else echo "$1"; fi
        }
        input=$(resolve in.txt) output=$(resolve out.txt)
        echo "arguments: $*" >&2
        sleep=0 bytes=0
        while read -r word value; do
          case "$word" in sleep) sleep=$value ;; bytes) bytes=$value ;; exit) exit "$value" ;; esac
        done < <(tail -n +2 "$input")
        done=0
        [[ -f checkpoint ]] && { done=$(<checkpoint); echo "resumed at $done" >&2; }
        suspended=0
        while ((done < sleep)); do
          message=$(channel 0)
          case "$message" in
            *'<quit/>'*) clear 0; exit 0 ;;
            *'<abort/>'*) clear 0; exit 0 ;;
            *'<suspend/>'*) clear 0; suspended=1 ;;
            *'<resume/>'*) clear 0; suspended=0 ;;
          esac
          sleep 0.1
          ((suspended)) && continue
          done=$((done + 1))
          echo $done >checkpoint.new && mv checkpoint.new checkpoint
          share=$(printf '0.%03d' $((done * 999 / sleep)))
          times="<current_cpu_time>${done}.0e-1</current_cpu_time>\\n<checkpoint_cpu_time>${done}.0e-1</checkpoint_cpu_time>\\n"
          put 5 "$times<fraction_done>$share</fraction_done>\\n"
        done
        { head -n 1 "$input" | tr a-z A-Z; ((bytes)) && head -c "$bytes" /dev/zero | tr '\0' x; } >"$output"
        printf '0\n' >boinc_finish_called
        exit 0
        """;
}
