# SPDX-License-Identifier: MIT
# A workload for run.sh: a table of growing strings, lists of
# lists, splitting and sorting.
my (%text, @pairs);
for my $i (1 .. 120000) {
    my $key = "w" . ($i * 7919 % 20011);
    $text{$key} .= "$i,";
    push @pairs, [$i, $key] if $i % 3 == 0;
}
my $n = 0;
$n += scalar(my @parts = split /,/, $text{$_}) for sort keys %text;
my @sorted = sort { $a->[1] cmp $b->[1] || $a->[0] <=> $b->[0] } @pairs;
print "$n $sorted[0][0] $sorted[-1][0]\n";
