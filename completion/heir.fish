# SPDX-License-Identifier: Apache-2.0
# Completion of heir for fish. What may stand where is for heir itself to say: see `heir complete`.

function __heir_complete
    set -l words (commandline -opc)
    set -l raw (commandline -ct)
    # Without its quotes, of which the last may be open.
    set -l current "$raw"
    for close in '' '"' "'"
        if set -l plain (string unescape -- "$raw$close" 2>/dev/null)
            set current "$plain"
            break
        end
    end
    set -l program $words[1]
    set -e words[1]
    for answer in (command $program complete -- $words "$current" 2>/dev/null </dev/null)
        switch $answer
            case ':files' ':directories'
                # What stands before the path stays: "--root=".
                set -l before (string replace -r -- '^(--[^=]*=|).*' '$1' "$current")
                set -l path (string replace -r -- '^--[^=]*=' '' "$current")
                set -l paths
                if test $answer = ':directories'
                    set paths (__fish_complete_directories $path '')
                else
                    set paths (__fish_complete_path $path)
                end
                for found in $paths
                    echo "$before$found"
                end
            case '*'
                echo $answer
        end
    end
end

complete -c heir -f -a '(__heir_complete)'
