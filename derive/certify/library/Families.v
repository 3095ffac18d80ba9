(* Softmax, log-sum-exp, cross entropy and sigmoid with their gradients, for any number of classes. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Lossproof Require Import Sums Powers Signs Derivatives Maxima.
Open Scope R_scope.

Lemma quotients_total K f s : s <> 0 -> sum K f = s -> sum K (fun k => f k / s) = 1.
Proof.
  intros H E. rewrite (sum_ext _ _ (fun k => / s * f k)) by (intros; field; auto).
  rewrite sum_scal, E; field; auto.
Qed.
